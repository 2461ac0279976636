//! What a check has found.

use serde::Serialize;

use crate::error::{Explain, Report};

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnosis {
    /// Whether nothing has failed.
    pub ok: bool,
    /// In the order in which a deploy needs them.
    pub checks: Vec<Check>,
}

/// One thing that a deploy needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// What was looked at, in one word. There is an `image` for each image.
    pub name: &'static str,
    /// How it is.
    pub state: CheckState,
    /// What was found, in words.
    pub found: String,
    /// What to do, if there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// How it is with one thing that a deploy needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// As a deploy needs it.
    Ok,
    /// A deploy may work or not, or works otherwise than meant: it cannot be told from here.
    Warning,
    /// A deploy would not work.
    Failed,
    /// Not looked at, because something before has failed, or because there is nothing to look at.
    Skipped,
}

impl CheckState {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: CheckState::Ok, found: found.into(), fix: None }
    }

    pub(super) fn warning(
        name: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { name, state: CheckState::Warning, found: found.into(), fix: Some(fix.into()) }
    }

    pub(super) fn failed(
        name: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { state: CheckState::Failed, ..Self::warning(name, found, fix) }
    }

    /// The failure that a deploy would end with as well.
    pub(super) fn failed_by(name: &'static str, error: &(impl Explain + ?Sized)) -> Self {
        let Report { message, hint, .. } = Report::of(error);
        Self { name, state: CheckState::Failed, found: message, fix: hint }
    }

    /// Something that cannot be looked at without what the check `needed` has not found.
    pub(super) fn skipped(name: &'static str, needed: &str) -> Self {
        Self::nothing(name, format!("not looked at without `{needed}`"))
    }

    /// Something that there is nothing to look at for.
    pub(super) fn nothing(name: &'static str, found: impl Into<String>) -> Self {
        Self { state: CheckState::Skipped, ..Self::ok(name, found) }
    }
}

/// The checks so far.
#[derive(Debug, Default)]
pub(super) struct Sheet(Vec<Check>);

impl Sheet {
    pub(super) fn push(&mut self, check: Check) {
        self.0.push(check);
    }

    /// Takes a check down, and gives on what it has found for those that come after.
    pub(super) fn enter<T>(&mut self, (check, found): (Check, Option<T>)) -> Option<T> {
        self.push(check);
        found
    }

    pub(super) fn diagnosis(self) -> Diagnosis {
        let ok = self.0.iter().all(|check| check.state != CheckState::Failed);
        Diagnosis { ok, checks: self.0 }
    }
}
