//! The parents of a merge, which tell the head of a pull request from the trial merge that CI systems check out.

use std::path::Path;

use crate::git::{git, read, try_git};

/// A repository with `main` and `feature` apart; the hashes of both.
fn apart(dir: &Path) -> [String; 2] {
    git(dir, &["init", "-q", "-b", "main"]);
    git(dir, &["commit", "-q", "--allow-empty", "-m", "first"]);
    git(dir, &["checkout", "-q", "-b", "feature"]);
    git(dir, &["commit", "-q", "--allow-empty", "-m", "a feature"]);
    git(dir, &["checkout", "-q", "main"]);
    git(dir, &["commit", "-q", "--allow-empty", "-m", "meanwhile"]);
    ["main", "feature"].map(|name| git(dir, &["rev-parse", name]))
}

fn parents(dir: &Path) -> Vec<String> {
    read(dir, &[]).unwrap().commit.unwrap().parents
}

#[test]
fn of_a_merge_as_git_says_them_loose_packed_and_shallow() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    std::fs::create_dir(&repo).unwrap();
    let [main, feature] = apart(&repo);
    assert_eq!(parents(&repo), [git(&repo, &["rev-parse", "HEAD^"])]);
    git(&repo, &["checkout", "-q", "--detach", "main"]);
    git(&repo, &["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
    assert_eq!(parents(&repo), [main.clone(), feature.clone()]);
    git(&repo, &["gc", "-q"]);
    assert_eq!(parents(&repo), [main.clone(), feature.clone()]);
    git(&repo, &["update-ref", "refs/pull/7/merge", "HEAD"]);
    // As actions/checkout: only the merge itself is there, so that git does not know its parents.
    let shallow = folder.path().join("shallow");
    std::fs::create_dir(&shallow).unwrap();
    git(&shallow, &["init", "-q"]);
    let url = format!("file://{}", repo.display());
    git(&shallow, &["fetch", "-q", "--depth=1", &url, "refs/pull/7/merge"]);
    git(&shallow, &["checkout", "-q", "FETCH_HEAD"]);
    assert!(try_git(&shallow, &["rev-parse", "--verify", "-q", "HEAD^2"], &[], b"").is_err());
    assert_eq!(parents(&shallow), [main, feature]);
}

/// As the branch source plugins do it: the head is checked out, and the target merged into it.
#[test]
fn of_a_merge_by_jenkins_the_head_is_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path();
    let [main, feature] = apart(repo);
    let jenkins = [
        ("GIT_AUTHOR_NAME", "Jenkins"),
        ("GIT_AUTHOR_EMAIL", "nobody@nowhere"),
        ("GIT_COMMITTER_NAME", "Jenkins"),
        ("GIT_COMMITTER_EMAIL", "nobody@nowhere"),
    ];
    git(repo, &["checkout", "-q", "-f", &feature]);
    try_git(repo, &["merge", &main], &jenkins, b"").unwrap();
    let commit = read(repo, &[]).unwrap().commit.unwrap();
    assert_eq!(commit.parents, [feature, main.clone()]);
    assert_eq!(
        (commit.author_name.as_str(), commit.author_email.as_str()),
        ("Jenkins", "nobody@nowhere")
    );
    // What the target is in already is left alone.
    try_git(repo, &["merge", &main], &jenkins, b"").unwrap();
    assert_eq!(read(repo, &[]).unwrap().commit.unwrap(), commit);
}
