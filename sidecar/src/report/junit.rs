//! JUnit XML, in which a code location is a test case: a failed load is then a failed test.

use offshoot_core::{
    error,
    ops::{Deployed, WaitError},
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::End;

/// The test case of a deployment that no location has a part in.
const WHOLE: &str = "deploy";

/// The result of a deployment.
pub fn report(end: End<'_>) -> String {
    let mut suite = TestSuite::new("offshoot deploy");
    suite.add_test_cases(match end {
        End::Deployed(deployed) => loaded(deployed),
        End::Skipped { reason } => vec![skipped(reason)],
        End::NotLoaded(error) => not_loaded(error),
        End::Failed(error) => vec![whole(error)],
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
        WaitError::NoAgent { .. } => return vec![whole(&error::Report::of(error))],
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
fn whole(report: &error::Report) -> TestCase {
    let detail = report.detail.as_ref().or(report.hint.as_ref());
    let detail = detail.map(String::as_str).unwrap_or_default();
    case(WHOLE, NonSuccessKind::Error, &report.message, detail)
}

fn skipped(reason: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    TestCase::new(WHOLE, status)
}

fn case(name: &str, kind: NonSuccessKind, message: &str, detail: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_description(detail);
    TestCase::new(name, status)
}
