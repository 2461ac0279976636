//! JUnit XML, in which a code location is a test case: a failed load is then a failed test.

use offshoot_core::{
    error,
    ops::{Deployed, Error, WaitError},
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The result of a deployment.
pub fn report(result: Result<&Deployed, &Error>) -> String {
    let mut suite = TestSuite::new("offshoot deploy");
    suite.add_test_cases(match result {
        Ok(deployed) => loaded(deployed),
        Err(Error::Wait(error)) => not_loaded(error),
        Err(error) => vec![whole(error)],
    });
    let mut report = Report::new("offshoot");
    report.add_test_suite(suite);
    report.to_string().unwrap_or_default()
}

fn loaded(deployed: &Deployed) -> Vec<TestCase> {
    let locations = &deployed.locations;
    let case = |name: &String| {
        TestCase::new(
            name.as_str(),
            match locations.loaded {
                true => TestCaseStatus::success(),
                false => TestCaseStatus::skipped(),
            },
        )
    };
    locations.locations.iter().map(case).collect()
}

fn not_loaded(error: &WaitError) -> Vec<TestCase> {
    let (failed, late, loaded) = match error {
        WaitError::Failed { locations, loaded } => (locations, [].as_slice(), loaded),
        WaitError::Timeout { locations, failed, loaded, .. } => {
            (failed, locations.as_slice(), loaded)
        }
        WaitError::NoAgent { .. } => return vec![whole(error)],
    };
    let failed = failed.iter().map(|failed| {
        case(&failed.location, NonSuccessKind::Failure, &failed.headline, &failed.traceback)
    });
    let late = late.iter().map(|name| {
        case(name, NonSuccessKind::Failure, "it did not load in time", &error.to_string())
    });
    let loaded = loaded.iter().map(|name| TestCase::new(name.as_str(), TestCaseStatus::success()));
    failed.chain(late).chain(loaded).collect()
}

/// A deployment that ended before any location could load or fail.
fn whole(error: &(impl error::Explain + ?Sized)) -> TestCase {
    let report = error::Report::of(error);
    let detail = report.detail.or(report.hint).unwrap_or_default();
    case("deploy", NonSuccessKind::Error, &report.message, &detail)
}

fn case(name: &str, kind: NonSuccessKind, message: &str, detail: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_description(detail);
    TestCase::new(name, status)
}
