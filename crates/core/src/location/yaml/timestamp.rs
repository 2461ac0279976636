//! Timestamps. Dagster's loader makes them only of an explicit `!!timestamp`, but a text that looks like one has
//! to be printed in quotes for other loaders.

/// The date or date and time in `text`, as Python's `isoformat()` writes it.
pub(super) fn timestamp(text: &str) -> Result<String, &'static str> {
    Parts::read(text).and_then(Parts::iso).ok_or("no date or time")
}

/// Whether PyYAML's resolver would take the plain `text` for a timestamp. It looks at the form alone.
pub(super) fn looks_like_timestamp(text: &str) -> bool {
    const DATE: usize = "2024-01-01".len();
    Parts::read(text).is_some_and(|parts| parts.time.is_some() || text.len() == DATE)
}

struct Parts<'t> {
    year: u32,
    month: u32,
    day: u32,
    time: Option<Time<'t>>,
}

struct Time<'t> {
    hour: u32,
    minute: u32,
    second: u32,
    fraction: &'t str,
    /// The offset from UTC in minutes.
    zone: Option<i32>,
}

impl<'t> Parts<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let mut rest = Cursor(text);
        let year = rest.number(4, 4)?;
        rest.literal('-')?;
        let month = rest.number(1, 2)?;
        rest.literal('-')?;
        let day = rest.number(1, 2)?;
        let time = if rest.0.is_empty() { None } else { Some(Time::read(&mut rest)?) };
        rest.0.is_empty().then_some(Self { year, month, day, time })
    }

    /// The parts in ISO 8601, if they are a date that exists.
    fn iso(self) -> Option<String> {
        let Self { year, month, day, time } = self;
        if year == 0 || !(1..=12).contains(&month) || !(1..=days(year, month)).contains(&day) {
            return None;
        }
        let date = format!("{year:04}-{month:02}-{day:02}");
        let Some(Time { hour, minute, second, fraction, zone }) = time else { return Some(date) };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut shown = format!("{date}T{hour:02}:{minute:02}:{second:02}");
        let micros = fraction.get(..fraction.len().min(6))?;
        if micros.bytes().any(|digit| digit != b'0') {
            shown += &format!(".{micros:0<6}");
        }
        if let Some(zone) = zone {
            let (sign, minutes) = (if zone < 0 { '-' } else { '+' }, zone.abs());
            // Python refuses offsets of a day or more.
            (minutes < 24 * 60).then_some(())?;
            shown += &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        Some(shown)
    }
}

impl<'t> Time<'t> {
    fn read(rest: &mut Cursor<'t>) -> Option<Self> {
        if rest.literal('T').or_else(|| rest.literal('t')).is_none() {
            rest.blanks().then_some(())?;
        }
        let hour = rest.number(1, 2)?;
        rest.literal(':')?;
        let minute = rest.number(2, 2)?;
        rest.literal(':')?;
        let second = rest.number(2, 2)?;
        let fraction = if rest.literal('.').is_some() { rest.digits(usize::MAX) } else { "" };
        rest.blanks();
        let zone = if rest.literal('Z').is_some() {
            Some(0)
        } else if rest.0.is_empty() {
            None
        } else {
            let sign =
                if rest.literal('-').is_some() { -1 } else { rest.literal('+').map(|()| 1)? };
            let hours = rest.number(1, 2)?;
            let minutes = if rest.literal(':').is_some() { rest.number(2, 2)? } else { 0 };
            Some(sign * i32::try_from(hours * 60 + minutes).ok()?)
        };
        Some(Self { hour, minute, second, fraction, zone })
    }
}

struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }

    fn digits(&mut self, max: usize) -> &'t str {
        let count = self.0.bytes().take(max).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits
    }

    fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let digits = self.digits(max);
        if digits.len() < min { None } else { digits.parse().ok() }
    }

    fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let some = rest.len() < self.0.len();
        self.0 = rest;
        some
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}
