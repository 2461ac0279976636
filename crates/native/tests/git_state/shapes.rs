//! Repositories of every shape read as git reads them.

use std::{cell::Cell, path::Path};

use proptest::test_runner::{Config as ProptestConfig, RngSeed, TestCaseError, TestRunner};

use crate::{
    git::{Answer, read, seeded, try_git},
    plan::Plan,
};

/// How many repositories each test makes.
const REPOSITORIES: u32 = 90;

#[test]
fn repositories_of_every_shape_read_as_git_reads_them() {
    compare(seeded(REPOSITORIES));
}

/// The same with other repositories: tests run side by side, and git is slow.
#[test]
fn more_repositories_read_as_git_reads_them() {
    compare(ProptestConfig { rng_seed: RngSeed::Fixed(2), ..seeded(REPOSITORIES) });
}

fn compare(config: ProptestConfig) {
    let deltas = Cell::new(0);
    let mut runner = TestRunner::new(config);
    let result = runner.run(&Plan::any(), |plan| {
        let dir = tempfile::tempdir().unwrap();
        let start = plan.carry_out(&dir.path().canonicalize().unwrap());
        let expected = Answer::of_git(&start, &[]).expect("git reads what it made");
        let actual = Answer::of_us(&start, &[])
            .map_err(|error| TestCaseError::fail(format!("{error} for {expected:?}")))?;
        proptest::prop_assert_eq!(actual, expected);
        deltas.set(deltas.get() + u32::from(delta_base(&start).is_some()));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    // The plans are worth nothing if git stores every commit whole.
    assert!(deltas.get() > REPOSITORIES / 10, "only {} of the commits were deltas", deltas.get());
}

/// A second opinion, by another implementation of Git, on what both read by the same rules.
#[test]
fn gix_agrees() {
    let commits = Cell::new(0);
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(3), ..seeded(40) };
    let result = TestRunner::new(config).run(&Plan::any(), |plan| {
        let dir = tempfile::tempdir().unwrap();
        let start = plan.carry_out(&dir.path().canonicalize().unwrap());
        let state = read(&start, &[]).unwrap();
        let theirs = gix::discover(&start).unwrap();
        if !plan.head_leads_on() {
            let name = theirs.head_name().unwrap().map(|name| name.as_bstr().to_string());
            let branch = name.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
            proptest::prop_assert_eq!(state.branch.as_deref(), branch);
        }
        let Some(ours) = state.commit else { return Ok(()) };
        let id = theirs.head_id().unwrap().object().unwrap().peel_to_commit().unwrap();
        let (author, time) = (id.author().unwrap(), id.time().unwrap());
        let theirs = (
            id.id.to_string(),
            author.name.to_string(),
            author.email.to_string(),
            Some(time.seconds),
        );
        proptest::prop_assert_eq!(
            (ours.hash, ours.author_name, ours.author_email, ours.committer_time),
            theirs
        );
        commits.set(commits.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(commits.get() > 20, "{}", commits.get());
}

/// The id that HEAD is stored as a delta against.
fn delta_base(start: &Path) -> Option<String> {
    let args = ["cat-file", "--batch-check=%(deltabase)"];
    let base = try_git(start, &args, &[], b"HEAD").ok()?;
    base.bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(base)
        .filter(|base| base.bytes().any(|byte| byte != b'0'))
}
