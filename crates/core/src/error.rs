//! The surface of every error: a stable code, an exit code, an HTTP status, a hint.
//!
//! Each module has its own `thiserror` enum; all of them implement [`Explain`], and [`Report`] is what the
//! faces show. Messages are lowercase fragments without a final period, with the user's input in backticks.

use std::fmt;

use serde::{Serialize, Serializer};

/// What an error says of itself beyond its message, which has its causes in it, joined by colons.
pub trait Explain: fmt::Display {
    /// The stable code, for scripts and for search.
    fn code(&self) -> Code;

    /// What to do next: a flag, a command, a page. One line.
    fn hint(&self) -> Option<String> {
        None
    }

    /// Longer text that belongs to the error, such as a Python stack. Several lines.
    fn detail(&self) -> Option<String> {
        None
    }
}

/// An error as data: the one form in which every face shows errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Report {
    /// The stable code.
    pub code: Code,
    /// The message.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Longer text, such as a Python stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The exit code of a command that ends with this error.
    pub exit_code: u8,
    /// The HTTP status of a sidecar's answer with this error.
    pub status: u16,
}

impl Report {
    /// The report of `error`.
    pub fn of(error: &(impl Explain + ?Sized)) -> Self {
        let code = error.code();
        Self {
            code,
            message: error.to_string(),
            hint: error.hint(),
            detail: error.detail(),
            exit_code: code.exit_code(),
            status: code.status(),
        }
    }
}

macro_rules! codes {
    ($($name:ident $text:literal exit $exit:literal status $status:literal $meaning:literal,)*) => {
        /// Every stable error code. The table of the documentation is generated from this one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
        pub enum Code {
            $(#[doc = $meaning] #[cfg_attr(feature = "typescript", serde(rename = $text))] $name,)*
        }

        impl Code {
            /// All codes, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is shown, for example `plus.unauthorized`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The process exit code, from the table in the README.
            pub fn exit_code(self) -> u8 {
                match self { $(Self::$name => $exit,)* }
            }

            /// The HTTP status of the sidecar's answer.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What it means, in one sentence without a final period.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    UsageInvalid         "usage.invalid"              exit 2  status 400 "a flag, field or argument is missing, unknown or malformed",
    SettingsMissing      "settings.missing"           exit 2  status 400 "the organization, the token or the deployment is not known",
    SettingsInvalid      "settings.invalid"           exit 2  status 400 "a setting has a value that cannot be used",
    SettingsFile         "settings.file"              exit 11 status 400 "a configuration file cannot be read",
    GitNotFound          "git.not-found"              exit 1  status 400 "the path is in no Git repository",
    GitUnborn            "git.unborn"                 exit 1  status 400 "the branch has no commit yet",
    GitUnsupported       "git.unsupported"            exit 1  status 400 "the repository uses a format that cannot be read here",
    GitCorrupt           "git.corrupt"                exit 1  status 400 "the repository's data is damaged",
    GitUnreadable        "git.unreadable"             exit 1  status 400 "a file of the repository cannot be read",
    LocationUnreadable   "location.unreadable"        exit 11 status 422 "the location file is missing or cannot be read",
    LocationSyntax       "location.syntax"            exit 11 status 422 "the location file is not YAML, or beyond its limits",
    LocationInvalid      "location.invalid"           exit 11 status 422 "the location document lacks something or contradicts itself",
    LocationUnknown      "location.unknown"           exit 11 status 422 "the file holds no location of that name",
    TargetRefused        "target.refused"             exit 16 status 409 "it would change a deployment that it must not change",
    TargetOlder          "target.older"               exit 16 status 409 "the branch deployment already carries a newer commit",
    PlusUnauthorized     "plus.unauthorized"          exit 10 status 403 "Dagster+ does not accept the token, or the token may not do this",
    PlusNotFound         "plus.not-found"             exit 1  status 404 "Dagster+ knows no such deployment, location, job, run or page",
    PlusLimit            "plus.deployment-limit"      exit 1  status 409 "the organization has no more branch deployments to give",
    PlusConflict         "plus.conflict"              exit 1  status 409 "Dagster+ refuses this in the deployment's present state",
    PlusInvalidLocation  "plus.invalid-location"      exit 11 status 422 "Dagster+ does not accept the location document",
    PlusInvalidRunConfig "plus.invalid-run-config"    exit 11 status 422 "the job does not take the run config",
    PlusFailed           "plus.failed"                exit 1  status 502 "Dagster+ answered with an error of its own",
    PlusUnreachable      "plus.unreachable"           exit 15 status 502 "Dagster+ cannot be reached, or kept failing until the retries ran out",
    PlusTls              "plus.tls"                   exit 15 status 502 "no trusted TLS connection to Dagster+",
    PlusMaintenance      "plus.maintenance"           exit 15 status 503 "Dagster+ is under maintenance for longer than the time allowed",
    PlusUnexpected       "plus.unexpected-answer"     exit 15 status 502 "what answered is not the Dagster+ API",
    LoadFailed           "load.failed"                exit 12 status 422 "a code location failed to load",
    LoadNoAgent          "load.no-agent"              exit 13 status 504 "no agent sent a heartbeat in time",
    LoadTimeout          "load.timeout"               exit 14 status 504 "a code location did not load in time",
    RunFailed            "run.failed"                 exit 1  status 422 "a run that was waited for failed or was canceled",
    RunTimeout           "run.timeout"                exit 14 status 504 "a run did not end in time",
    DoctorFailed         "doctor.failed"              exit 1  status 422 "a deploy would not work",
    NotifyUnauthorized   "notify.unauthorized"        exit 10 status 403 "the hosting service does not accept the token, or the token may not do this",
    NotifyNotFound       "notify.not-found"           exit 1  status 404 "the hosting service knows no such pull request or commit, or hides it from the token",
    NotifyFailed         "notify.failed"              exit 1  status 502 "the hosting service answered with an error, or is another service",
    NotifyUnreachable    "notify.unreachable"         exit 15 status 502 "the hosting service cannot be reached, or kept failing until the retries ran out",
    ServeUnauthorized    "serve.unauthorized"         exit 10 status 401 "the sidecar's own bearer token is missing or wrong",
    ServeRefused         "serve.refused"              exit 1  status 403 "the sidecar does not take requests for this host or path",
    ServeNotFound        "serve.not-found"            exit 1  status 404 "the sidecar has no such call",
    ServeMethod          "serve.method"               exit 1  status 405 "the call exists, but not with this method",
    ServeTooLarge        "serve.too-large"            exit 1  status 413 "the request body is larger than the sidecar takes",
    ServeMediaType       "serve.media-type"           exit 1  status 415 "the request body is neither JSON nor a form",
    ServeBusy            "serve.busy"                 exit 1  status 429 "the sidecar is at its bound of concurrent work",
    ServeStopping        "serve.stopping"             exit 1  status 503 "the sidecar is ending",
    Io                   "io"                         exit 1  status 500 "the local system refused something",
    Internal             "internal"                   exit 1  status 500 "a defect of offshoot",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
