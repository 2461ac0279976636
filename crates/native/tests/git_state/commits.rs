//! Commits that no porcelain would make: malformed idents, strange messages, old encodings.

use std::{fs, path::Path};

use proptest::prelude::*;

use crate::git::{FORMAT, git, read, run, seeded, shown};

/// Encodings of one byte a character, in words that people used, then UTF-8 and some that do not exist.
const LABELS: &[&str] = &[
    "ISO-8859-1",
    "iso8859-1",
    "latin1",
    "latin-1",
    "ISO-8859-2",
    "ISO-8859-5",
    "ISO-8859-9",
    "ISO-8859-15",
    "cp1252",
    "windows-1252",
    "windows-1251",
    "cp1250",
    "cp1254",
    "KOI8-R",
    "US-ASCII",
    "UTF-8",
    "utf8",
    "UTF8",
    "klingon",
    "",
];

/// Encodings of several bytes. Each has extensions on which no two decoders agree, so that commits in them hold
/// common characters only.
const WIDE_LABELS: &[(&str, &encoding_rs::Encoding, &str)] = &[
    ("SHIFT_JIS", encoding_rs::SHIFT_JIS, "日本語のかなカナ漢字変更修正"),
    ("cp932", encoding_rs::SHIFT_JIS, "日本語①㈱ｶﾅ髙"),
    ("EUC-JP", encoding_rs::EUC_JP, "日本語のかなカナ漢字変更修正"),
    ("eucJP", encoding_rs::EUC_JP, "日本語のかなカナ漢字変更修正"),
    ("ISO-2022-JP", encoding_rs::ISO_2022_JP, "日本語のかなカナ漢字変更修正"),
    ("EUC-KR", encoding_rs::EUC_KR, "한국어수정버그"),
    ("GBK", encoding_rs::GBK, "中文修改错误"),
    ("GB2312", encoding_rs::GBK, "中文修改错误"),
    ("GB18030", encoding_rs::GB18030, "中文修改错误𠀀é"),
    ("Big5", encoding_rs::BIG5, "中文修改錯誤"),
];

fn ident() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[A-Z][a-zé ]{0,9} <[a-z.]{1,9}@[a-z]{1,9}> [0-9]{1,12} [+-][0-9]{4}".prop_map(String::into_bytes),
        3 => "[ a-zA-Z<>@\t.,'\"]{0,20}(<|>| <|> )?[ a-z<>@]{0,9}>?[ \t\r]{0,2}[-0-9]{0,21}[ \t]{0,2}[-+]{0,2}[0-9]{0,5}[ x]{0,2}"
            .prop_map(String::into_bytes),
        1 => Just(b"A <B> U <a@b>  <x".to_vec()),
        1 => Just(b"A U Thor <a@b> 9223372036854775808 +0000".to_vec()),
        1 => Just(b"A U Thor <a@b> 99999999999999999999999 +0000".to_vec()),
        2 => proptest::collection::vec(1..=255_u8, 0..40).prop_map(|mut bytes| {
            bytes.retain(|&byte| byte != b'\n');
            bytes
        }),
    ]
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => "[ \t\r\n]{0,4}[a-z日 ]{0,12}[ \t\r\n\x0b\x0c]{0,4}[a-zé ]{0,12}[ \t\r\n]{0,4}[a-z]{0,5}\n?".prop_map(String::into_bytes),
        2 => proptest::collection::vec(any::<u8>(), 0..60),
        2 => proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), Just(b'\t'), Just(b'\r'), Just(b'a'), Just(0xe9)], 0..40),
    ]
}

/// The content of a commit.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Raw(Vec<u8>);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

fn commit() -> impl Strategy<Value = Raw> {
    let label = proptest::option::weighted(0.4, proptest::sample::select(LABELS));
    let extra = proptest::sample::select(&[
        "",
        "",
        "gpgsig -----BEGIN\n author x <y> 1 +0000\n\n",
        "author B <b> 5 +0000\n",
        "mergetag object 12\n encoding klingon\n",
    ]);
    (ident(), ident(), label, extra, message()).prop_map(
        |(author, committer, label, extra, message)| {
            let encoding = label.map(|label| format!("encoding {label}\n")).unwrap_or_default();
            let parts = [
                b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor ",
                author.as_slice(),
                b"\ncommitter ",
                &committer,
                b"\n",
                encoding.as_bytes(),
                extra.as_bytes(),
                b"\n",
                &message,
            ];
            Raw(parts.concat())
        },
    )
}

fn wide_commit() -> impl Strategy<Value = Raw> {
    let text = |characters: &'static str| {
        let characters: Vec<_> = characters.chars().chain(" ab<>\n".chars()).collect();
        proptest::collection::vec(proptest::sample::select(characters), 0..20)
    };
    let words = proptest::sample::select(WIDE_LABELS).prop_flat_map(
        move |(label, encoding, characters)| {
            (Just((label, encoding)), text(characters), text(characters))
        },
    );
    words.prop_map(|((label, encoding), name, message)| {
        let name = String::from_iter(name).replace(['<', '>', '\n'], "");
        let message = String::from_iter(message);
        let text = format!(
            "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor {name} <a@b> 1 +0000\ncommitter {name} <> 1 +0000\n\
             encoding {label}\n\n{message}\n"
        );
        Raw(encoding.encode(&text).0.into_owned())
    })
}

/// Stores all of `commits` with one call of git, and returns their ids.
fn store(dir: &Path, commits: &[Raw]) -> Vec<String> {
    let files: Vec<_> =
        (0..commits.len()).map(|number| dir.join(format!("commit-{number}"))).collect();
    for (file, commit) in files.iter().zip(commits) {
        fs::write(file, &commit.0).unwrap();
    }
    let list: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let args = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin-paths"];
    let ids = run(dir, &args, &[], list.as_bytes()).unwrap();
    String::from_utf8(ids).unwrap().lines().map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(seeded(40))]

    #[test]
    fn strange_commits_read_as_git_reads_them(commits in proptest::collection::hash_set(prop_oneof![4 => commit(), 1 => wide_commit()], 60)) {
        let commits: Vec<_> = commits.into_iter().collect();
        let dir = tempfile::tempdir().unwrap();
        git(&dir, &["init", "-q"]);
        git(&dir, &["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let ids = store(dir.path(), &commits);
        let args = ["log", "--no-walk=unsorted", "-z", "--date=unix", FORMAT, "--stdin"];
        let log = run(dir.path(), &args, &[], ids.join("\n").as_bytes()).unwrap();
        let expected: Vec<_> = log.split(|&byte| byte == 0).map(String::from_utf8_lossy).collect();
        prop_assert_eq!(expected.len(), ids.len() + 1);
        for ((id, expected), commit) in ids.iter().zip(expected).zip(&commits) {
            fs::write(dir.path().join(".git/HEAD"), format!("{id}\n")).unwrap();
            let state = read(dir.path(), &[]).unwrap();
            prop_assert_eq!(shown(&state.commit.unwrap()), expected, "{:?}", commit);
        }
    }
}
