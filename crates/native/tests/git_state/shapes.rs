//! Repositories of every shape read as git reads them.

use std::{cell::Cell, path::Path};

use proptest::test_runner::{TestCaseError, TestRunner};

use crate::{
    git::{Answer, seeded, try_git},
    repository::Plan,
};

/// How many repositories are made.
const REPOSITORIES: u32 = 300;

#[test]
fn repositories_of_every_shape_read_as_git_reads_them() {
    let deltas = Cell::new(0);
    let mut runner = TestRunner::new(seeded(REPOSITORIES));
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

/// The id that HEAD is stored as a delta against.
fn delta_base(start: &Path) -> Option<String> {
    let args = ["cat-file", "--batch-check=%(deltabase)"];
    let base = try_git(start, &args, &[], b"HEAD").ok()?;
    base.bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(base)
        .filter(|base| base.bytes().any(|byte| byte != b'0'))
}
