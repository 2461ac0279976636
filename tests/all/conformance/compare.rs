//! What counts as the same, and the record of what the real CLI did.

use std::fmt::{self, Write as _};

use offshoot_tests::{official, ours, process::Outcome, recorder::Recorded};
use serde_json::{Value as Json, json};

use crate::case::{Case, Ours, TOKEN};

/// Runs these cases, compares ours with theirs, and the record of theirs with the snapshot.
macro_rules! conform {
    ($($case:expr),+ $(,)?) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!($crate::conformance::compare::record(&[$($case),+]))
        })
    };
}
pub(super) use conform;

/// A call, by what the server makes of it.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    mutation: bool,
    root: String,
    arguments: Json,
    address: Address,
    token: Option<String>,
}

/// Which deployment a call is for. A client may say it in the path, in a header, or, as ours does and theirs
/// sometimes, in both; if they differ it is the header that counts.
#[derive(Debug, Clone)]
struct Address {
    path: String,
    header: Option<String>,
}

impl Address {
    fn deployment(&self) -> Option<&str> {
        let in_path = self.path.strip_suffix("/graphql").expect("every call goes to `graphql`");
        self.header.as_deref().or(in_path.strip_prefix('/'))
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.deployment() == other.deployment()
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address.path)?;
        if let Some(header) = &self.address.header {
            write!(f, " [{header}]")?;
        }
        match self.token.as_deref() {
            Some(TOKEN) => {}
            Some(token) => write!(f, " with token `{token}`")?,
            None => f.write_str(" without a token")?,
        }
        write!(f, " {} {}", self.root, self.arguments)
    }
}

/// Runs the table on both sides and fails with every difference at once. Returns the record of their side.
pub fn record(cases: &[Case]) -> String {
    let mut record = String::new();
    let mut differences = String::new();
    for case in cases {
        let theirs = case.run(official::run);
        describe(&mut record, case, &theirs);
        for difference in compare(case, &theirs, &case.run(ours::run)) {
            writeln!(differences, "{}: {difference}\n    {}", case.name, case.command)
                .expect("a string takes any text");
        }
    }
    assert!(differences.is_empty(), "ours differs from theirs:\n\n{differences}");
    record
}

fn compare(case: &Case, theirs: &Outcome, ours: &Outcome) -> Vec<String> {
    let mut wanted = calls(theirs);
    let mut succeeds = theirs.code == 0;
    match &case.ours {
        Ours::Same | Ours::Appends(_) => {}
        Ours::Sends(_, change) => wanted.iter_mut().for_each(|call| change(&mut call.arguments)),
        Ours::SendsTo(_, deployment) => {
            wanted.iter_mut().for_each(|call| call.address.header = Some((*deployment).into()));
        }
        Ours::Fails(_) => succeeds = false,
        Ours::Refuses(_) => {
            succeeds = false;
            wanted.clear();
        }
        Ours::Accepts(_, root, arguments) => {
            succeeds = true;
            let sent = calls(ours)
                .into_iter()
                .filter(|call| call.root == *root)
                .map(|call| call.arguments);
            if !sent.eq([arguments.clone()]) {
                return vec![format!("ours did not send {root} {arguments}: {}", shown(ours))];
            }
            wanted = calls(ours);
        }
    }
    let mut differences = Vec::new();
    if (ours.code == 0) != succeeds {
        differences.push(format!("theirs ended with {}, ours: {}", theirs.code, shown(ours)));
    }
    let sent = calls(ours);
    if sent != wanted {
        differences.push(format!("wanted\n{}  but ours sent\n{}", listed(&wanted), listed(&sent)));
    }
    let appends = matches!(case.ours, Ours::Appends(_));
    for call in sent.iter().filter(|call| call.address.header.is_some() && !appends) {
        if call.address.path
            != format!("/{}/graphql", call.address.deployment().unwrap_or_default())
        {
            differences.push(format!("ours names two deployments: {call}"));
        }
    }
    // Theirs tells of a wait in prose.
    let prints_result = !case.command.contains(" --wait")
        && ["create-or-update", " pull", "job launch", "run status"]
            .iter()
            .any(|command| case.command.contains(command));
    if (theirs.code, ours.code) == (0, 0) && prints_result && theirs.stdout != ours.stdout {
        differences.push(format!("theirs printed {:?}, ours {:?}", theirs.stdout, ours.stdout));
    }
    differences
}

fn listed(calls: &[Call]) -> String {
    calls.iter().map(|call| format!("    {call}\n")).collect()
}

fn shown(outcome: &Outcome) -> String {
    format!("{} {:?} {:?}", outcome.code, outcome.stdout, outcome.stderr)
}

/// The calls that count: what changes something, and if nothing does, what was asked. How often one asks
/// while waiting is each client's own affair.
fn calls(outcome: &Outcome) -> Vec<Call> {
    let all: Vec<_> = outcome.requests.iter().map(call).collect();
    let changes = all.iter().any(|call| call.mutation);
    all.into_iter().filter(|call| call.mutation == changes).collect()
}

fn call(request: &Recorded) -> Call {
    assert_eq!(request.method, http::Method::POST, "{}", request.path);
    assert_eq!(request.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(request.header("dagster-cloud-scope").as_deref(), Some("deployment"));
    let operation =
        request.operation.clone().unwrap_or_else(|| panic!("not one operation: {}", request.body));
    let mut arguments = operation.arguments;
    if let Some(timestamp) = arguments.pointer_mut("/commit/timestamp") {
        // The schema says Float: 1700000000 and 1700000000.0 are the same to the server.
        *timestamp = json!(timestamp.as_f64());
    }
    Call {
        mutation: operation.mutation,
        root: operation.root,
        arguments,
        address: Address {
            path: request.path.clone(),
            header: request.header("dagster-cloud-deployment"),
        },
        token: request.header("dagster-cloud-api-token"),
    }
}

fn describe(record: &mut String, case: &Case, theirs: &Outcome) {
    let end = if theirs.code == 0 { "done" } else { "fails" };
    let always = format!(" --api-token {TOKEN}");
    let command =
        case.command.replace(&always, "").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("{}: {end}", case.name), short(&command)];
    lines.extend(calls(theirs).iter().map(|call| short(&call.to_string())));
    match &case.ours {
        Ours::Same => {}
        Ours::Sends(reason, _)
        | Ours::Appends(reason)
        | Ours::SendsTo(reason, _)
        | Ours::Fails(reason)
        | Ours::Refuses(reason)
        | Ours::Accepts(reason, ..) => {
            lines.push(format!("but ours: {reason}"));
        }
    }
    writeln!(record, "{}\n", lines.join("\n  ")).expect("a string takes any text");
}

/// The beginning of a text that is too long to be read.
fn short(text: &str) -> String {
    match text.char_indices().nth(1_200) {
        Some((end, _)) => {
            format!("{}... {} bytes", text.get(..end).expect("a boundary"), text.len())
        }
        None => text.to_owned(),
    }
}
