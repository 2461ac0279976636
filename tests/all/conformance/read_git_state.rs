//! `branch-deployment create-or-update --read-git-state` in each shape of repository.

use offshoot_tests::repo::Shape;
use serde_json::{Value as Json, json};

use super::compare::conform;
use crate::case::{Case, TOKEN};

const NO_NEWLINE: &str =
    "the message is the commit's subject, without the newline that ends git's output";

fn in_repo(name: &'static str, shape: Shape, tail: &str) -> Case {
    let command = format!(
        "branch-deployment create-or-update --url $URL --api-token {TOKEN} --git-repo-name r --branch-name b
         --read-git-state {tail}"
    );
    Case::new(name, command).repo(shape).ours_sends(NO_NEWLINE, trim_message)
}

fn trim_message(arguments: &mut Json) {
    if let Some(message) = arguments.pointer_mut("/commit/commitMessage") {
        *message = json!(message.as_str().map(|text| text.trim_end_matches('\n')));
    }
}

#[test]
fn shapes() {
    conform![
        in_repo("a branch", Shape::Plain, ""),
        in_repo("packed", Shape::Packed, ""),
        in_repo("detached", Shape::Detached, ""),
        in_repo("a second worktree", Shape::Worktree, ""),
        in_repo("SHA-256", Shape::Sha256, ""),
        in_repo("shallow", Shape::Shallow, ""),
        in_repo("a folder inside", Shape::Subdirectory, ""),
        in_repo("a merge", Shape::Merge, ""),
        in_repo("Latin-1", Shape::Latin1, ""),
        in_repo("Unicode", Shape::Unicode, ""),
        in_repo("a subject of two lines", Shape::LongMessage, ""),
        in_repo("no message", Shape::NoMessage, ""),
        in_repo("no commit", Shape::Unborn, ""),
        in_repo("no repository", Shape::None, ""),
        in_repo("a repository named by GIT_DIR", Shape::Plain, "").env("GIT_DIR", "$PWD/.git"),
        in_repo("a repository that GIT_DIR hides", Shape::Plain, "").env("GIT_DIR", "$PWD/nothing"),
        in_repo("a variable that Git reads for dates", Shape::Plain, "").env("TZ", "Asia/Tokyo"),
    ];
}

#[test]
fn with_explicit_flags() {
    let wins = "an explicit flag wins over Git";
    conform![
        in_repo("a commit", Shape::Plain, "--commit-hash c0ffee").ours_sends(wins, |arguments| {
            trim_message(arguments);
            arguments["commit"]["commitHash"] = json!("c0ffee");
        }),
        in_repo("a timestamp", Shape::Plain, "--timestamp 5.5").ours_sends(wins, |arguments| {
            trim_message(arguments);
            arguments["commit"]["timestamp"] = json!(5.5);
        }),
        in_repo("a message", Shape::Plain, "--commit-message 'mine\n'").ours_sends(
            wins,
            |arguments| {
                arguments["commit"]["commitMessage"] = json!("mine\n");
            }
        ),
        in_repo("an author", Shape::Plain, "--author-name me --author-email me@me").ours_sends(
            wins,
            |arguments| {
                trim_message(arguments);
                arguments["commit"]["authorName"] = json!("me");
                arguments["commit"]["authorEmail"] = json!("me@me");
            }
        ),
        in_repo(
            "what Git does not know",
            Shape::Plain,
            "--author-avatar-url https://a --branch-url https://b"
        ),
    ];
}
