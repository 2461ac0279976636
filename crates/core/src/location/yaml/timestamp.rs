//! Explicit `!!timestamp` scalars.

/// The date or date and time in `text`, as Python's `isoformat()` writes it.
///
/// Dagster's loader makes timestamps only of an explicit tag. They cannot be sent, but a file may hold one
/// in a place that is not.
pub(super) fn timestamp(text: &str) -> Result<String, String> {
    parse(text).ok_or_else(|| format!("`{text}` is no date or time"))
}

fn parse(text: &str) -> Option<String> {
    let mut rest = Cursor(text);
    let year = rest.number(4, 4)?;
    rest.literal('-')?;
    let month = rest.number(1, 2)?;
    rest.literal('-')?;
    let day = rest.number(1, 2)?;
    if year == 0 || !(1..=12).contains(&month) || !(1..=days(year, month)).contains(&day) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.0.is_empty() {
        return Some(date);
    }
    if rest.literal('T').or_else(|| rest.literal('t')).is_none() {
        rest.blanks().then_some(())?;
    }
    let hour = rest.number(1, 2)?;
    rest.literal(':')?;
    let minute = rest.number(2, 2)?;
    rest.literal(':')?;
    let second = rest.number(2, 2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut shown = format!("{date}T{hour:02}:{minute:02}:{second:02}");
    if rest.literal('.').is_some() {
        let (digits, behind) =
            rest.0.split_at(rest.0.bytes().take_while(u8::is_ascii_digit).count());
        rest.0 = behind;
        let micros = digits.get(..digits.len().min(6))?;
        if micros.bytes().any(|digit| digit != b'0') {
            shown += &format!(".{micros:0<6}");
        }
    }
    rest.blanks();
    shown += &rest.zone()?;
    rest.0.is_empty().then_some(shown)
}

struct Cursor<'t>(&'t str);

impl Cursor<'_> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }

    fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let digits = self.0.bytes().take(max).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at_checked(digits).filter(|_| digits >= min)?;
        self.0 = rest;
        number.parse().ok()
    }

    fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let some = rest.len() < self.0.len();
        self.0 = rest;
        some
    }

    fn zone(&mut self) -> Option<String> {
        if self.0.is_empty() {
            return Some(String::new());
        }
        if self.literal('Z').is_some() {
            return Some("+00:00".to_owned());
        }
        let sign =
            if self.literal('-').is_some() { '-' } else { self.literal('+').map(|()| '+')? };
        let hours = self.number(1, 2)?;
        let minutes = if self.literal(':').is_some() { self.number(2, 2)? } else { 0 };
        let total = hours * 60 + minutes;
        // A zero offset has no sign in Python, and one of a day or more is refused.
        let sign = if total == 0 { '+' } else { sign };
        (total < 24 * 60).then(|| format!("{sign}{:02}:{:02}", total / 60, total % 60))
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
