//! The table of codes, and the page that is generated from it.
#![expect(clippy::disallowed_methods, reason = "the page is a file of the repository")]

use std::{collections::BTreeSet, env, fs, path::Path};

use offshoot_core::error::Code;

#[test]
fn codes_are_stable_words_with_documented_exits() {
    let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len(), "a code stands for one thing");
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    for code in Code::ALL {
        let text = code.as_str();
        assert!(text.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '-'), "{text}");
        let meaning = code.meaning();
        assert!(!meaning.ends_with('.') && !meaning.starts_with("A "), "{text}: {meaning}");
        assert!(
            readme.contains(&format!("| {} |", code.exit_code())),
            "{text}: exit {} is not in the README",
            code.exit_code()
        );
        assert!((400..600).contains(&code.status()), "{text}");
    }
}

/// With `UPDATE_GENERATED=1` the page is written instead.
#[test]
fn the_page_is_that_of_the_table() {
    let mut page = String::from(
        "# Error codes\n\nGenerated from `core::error::Code` by `just generate`. A code keeps its meaning for good.\n\n\
         | code | exit | HTTP | meaning |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        page.push_str(&format!(
            "| `{code}` | {} | {} | {} |\n",
            code.exit_code(),
            code.status(),
            code.meaning()
        ));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page, "run `just generate`");
}
