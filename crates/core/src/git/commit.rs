//! What a commit says of itself, as `git log` shows it.
//!
//! Source: `pretty.c` (`parse_commit_header`, `format_person_part`, `format_subject`), `ident.c`
//! (`split_ident_line`) and `commit.c` of git. gix-object's parser differs on purpose: it refuses what git
//! shows, and its summary is not git's subject.

use gix_hash::ObjectId;
use serde::Serialize;

use crate::ports::Charset;

/// A commit, in the words of `git log -1 --format=%H%n%ae%n%an%n%cd%n%s --date=unix`.
///
/// Texts are UTF-8; bytes that are not are shown as U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Commit {
    /// The id in hexadecimal, 40 or 64 digits.
    pub hash: String,
    /// When it was committed, in seconds since the Unix epoch; `None` if the commit does not say so in a way that git
    /// understands.
    pub committer_time: Option<i64>,
    /// The author's name, which may be empty. Mailmap is not applied.
    pub author_name: String,
    /// The author's address without its angle brackets, which may be empty.
    pub author_email: String,
    /// The first paragraph of the message in one line, which may be empty.
    pub subject: String,
    /// The ids of its parents, in hexadecimal; also of those that a shallow clone does not have.
    #[serde(skip)]
    pub parents: Vec<String>,
}

impl Commit {
    /// Reads the content `data` of the commit `hash`.
    pub(super) fn parse<C: Charset>(charset: &C, hash: String, data: &[u8]) -> Self {
        // git takes the content for a C string.
        let data = data.split(|&byte| byte == 0).next().unwrap_or_default();
        let decoded = decode(charset, data);
        let (header, message) = split_header(decoded.as_deref().map_or(data, str::as_bytes));
        let author = last_field(header, b"author ").and_then(Ident::split);
        let committer = last_field(header, b"committer ").and_then(Ident::split);
        Self {
            hash,
            committer_time: committer.and_then(|committer| committer.time),
            author_name: author.as_ref().map(|author| lossy(author.name)).unwrap_or_default(),
            author_email: author.as_ref().map(|author| lossy(author.email)).unwrap_or_default(),
            subject: subject(message),
            parents: parents(header),
        }
    }
}

/// The commit in UTF-8, if it says that it is in another encoding which is known and which it keeps to.
fn decode<C: Charset>(charset: &C, data: &[u8]) -> Option<String> {
    let (header, _) = split_header(data);
    let label = lines(header)
        .find_map(|line| line.strip_prefix(b"encoding "))
        .filter(|label| !label.is_empty())?;
    let label = std::str::from_utf8(label).ok()?;
    if label.eq_ignore_ascii_case("utf-8") || label.eq_ignore_ascii_case("utf8") {
        return None;
    }
    charset.decode(label, data)
}

/// The header fields, and the message after the empty line.
fn split_header(data: &[u8]) -> (&[u8], &[u8]) {
    if let Some(message) = data.strip_prefix(b"\n") {
        return (&[], message);
    }
    match data
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .and_then(|end| data.split_at_checked(end + 1))
    {
        Some((header, message)) => (header, message.get(1..).unwrap_or_default()),
        None => (data, &[]),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

/// The last field of that name: with several, git shows the last.
fn last_field<'d>(header: &'d [u8], name: &[u8]) -> Option<&'d [u8]> {
    lines(header).filter_map(|line| line.strip_prefix(name)).last()
}

/// They stand right after the tree.
fn parents(header: &[u8]) -> Vec<String> {
    let parents = lines(header).skip(1).map_while(|line| line.strip_prefix(b"parent "));
    parents.filter_map(|id| Some(ObjectId::from_hex(id).ok()?.to_string())).collect()
}

/// The first paragraph, its lines joined by one space.
fn subject(message: &[u8]) -> String {
    let lines: Vec<_> = lines(message)
        .map(trim_end)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    lossy(&lines.join(&b' '))
}

/// Who, and when.
struct Ident<'d> {
    name: &'d [u8],
    email: &'d [u8],
    time: Option<i64>,
}

impl<'d> Ident<'d> {
    /// `A U Thor <author@example.com> 1700000000 +0000`, or whatever stands there instead.
    fn split(line: &'d [u8]) -> Option<Self> {
        let (name, rest) = line.split_at_checked(line.iter().position(|&byte| byte == b'<')?)?;
        let rest = rest.get(1..)?;
        let email = rest.get(..rest.iter().position(|&byte| byte == b'>')?)?;
        // The date is behind the last bracket, the address ends at the first.
        let date = rest.get(rest.iter().rposition(|&byte| byte == b'>')? + 1..)?;
        Some(Self { name: trim_end(name), email, time: time(date) })
    }
}

/// The seconds of `1700000000 +0000`. Without a zone, git shows no date.
fn time(date: &[u8]) -> Option<i64> {
    let (seconds, rest) = leading_digits(trim_start(date));
    let zone =
        trim_start(rest).strip_prefix(b"+").or_else(|| trim_start(rest).strip_prefix(b"-"))?;
    if seconds.is_empty() || leading_digits(zone).0.is_empty() {
        return None;
    }
    // git shows the epoch for what is beyond its range.
    Some(std::str::from_utf8(seconds).ok()?.parse().unwrap_or(0))
}

fn leading_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at_checked(count).unwrap_or_default()
}

fn trim_end(mut text: &[u8]) -> &[u8] {
    while let Some((b' ' | b'\t' | b'\n' | b'\r', rest)) = text.split_last() {
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let Some((b' ' | b'\t' | b'\n' | b'\r', rest)) = text.split_first() {
        text = rest;
    }
    text
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::Latin1;

    fn parse(data: &[u8]) -> Commit {
        Commit::parse(&Latin1, "id".to_owned(), data)
    }

    fn author(line: &str) -> (String, String) {
        let commit = parse(format!("author {line}\n\nx").as_bytes());
        (commit.author_name, commit.author_email)
    }

    #[test]
    fn reads_a_plain_commit() {
        let commit = parse(
            b"tree 4b\nauthor A \xc3\x9c <a@b> 1 +0000\ncommitter C <c@d> 1700000000 -0130\ngpgsig x\n author z\n\nOne\ntwo\n\nthree\n",
        );
        assert_eq!(
            commit,
            Commit {
                hash: "id".to_owned(),
                committer_time: Some(1_700_000_000),
                author_name: "A \u{dc}".to_owned(),
                author_email: "a@b".to_owned(),
                subject: "One two".to_owned(),
                parents: Vec::new(),
            }
        );
    }

    #[test]
    fn parents_stand_after_the_tree_and_nowhere_else() {
        let (one, other) = ("1f".repeat(20), "2f".repeat(20));
        let header = format!(
            "tree 4b\nparent {one}\nparent {other}\nauthor A <a> 1 +0000\nparent {one}\n\nparent {one}\n"
        );
        assert_eq!(parse(header.as_bytes()).parents, [one, other]);
        assert_eq!(parse(b"tree 4b\nparent x\n\n").parents, Vec::<String>::new());
    }

    #[test]
    fn splits_idents_where_git_does() {
        let pair = |name: &str, email: &str| (name.to_owned(), email.to_owned());
        assert_eq!(author(" A <B> U <a@b>  <x> 1 +0000"), pair(" A", "B"));
        assert_eq!(author("<a@b> 1 +0000"), pair("", "a@b"));
        assert_eq!(author("A\t <>"), pair("A", ""));
        assert_eq!(author("A <a@b 1 +0000"), pair("", ""));
        assert_eq!(author("nobody"), pair("", ""));
    }

    #[test]
    fn dates_are_behind_the_last_bracket_and_have_a_zone() {
        let time =
            |date: &str| parse(format!("committer A <a> {date}\n\nx").as_bytes()).committer_time;
        assert_eq!(time("> 12 +0000"), Some(12));
        assert_eq!(time("12"), None);
        assert_eq!(time("12 0000"), None);
        assert_eq!(time("12 -x"), None);
        assert_eq!(time("-12 +0000"), None);
        assert_eq!(time("9223372036854775807 +0000"), Some(i64::MAX));
        assert_eq!(time("9223372036854775808 +0000"), Some(0));
    }

    #[test]
    fn subjects_follow_the_rule_of_git() {
        let subject =
            |message: &str| parse(format!("author A <a> 1 +0000\n\n{message}").as_bytes()).subject;
        assert_eq!(subject("\n \t\r\n  a \t\n\tb\r\n \nc"), "  a \tb");
        assert_eq!(subject("a\0b"), "a");
        assert_eq!(subject(""), "");
        assert_eq!(parse(b"author A <a> 1 +0000\n").subject, "");
    }

    #[test]
    fn other_encodings_become_utf_8_if_they_are_known() {
        let commit = |label: &str| {
            let start = format!("author A <a> 1 +0000\nencoding {label}\n\n");
            parse(&[start.as_bytes(), b"caf\xe9"].concat()).subject
        };
        assert_eq!(commit("ISO-8859-1"), "caf\u{e9}");
        assert_eq!(commit("klingon"), "caf\u{fffd}");
        assert_eq!(commit("UTF-8"), "caf\u{fffd}");
    }
}
