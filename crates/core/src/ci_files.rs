//! Reads the files that CI systems leave for a build, as far as [`crate::ci`] needs them.

use std::io;

use crate::{
    ci::{self, Documents},
    env::Env,
    ports::{Files, ReadAt},
};

/// GitHub's webhooks end at 25 MB.
const MAX_SIZE: u64 = 25 * 1000 * 1000;

/// Reads the event of GitHub and Gitea Actions (`GITHUB_EVENT_PATH`), and TeamCity's properties
/// (`TEAMCITY_BUILD_PROPERTIES_FILE` and the file that it names). What is not there is left out; what cannot be
/// used is among the problems, because everything but some fields is known without it.
pub fn read<F: Files>(files: &F, env: &Env) -> Documents {
    let mut documents = Documents::default();
    if let Some(path) = env.get("GITHUB_EVENT_PATH") {
        match text(files, path).map(|it| it.map(|text| serde_json::from_str(&text))) {
            Ok(Some(Ok(event))) => documents.github_event = Some(event),
            Ok(Some(Err(error))) => documents.problems.push(format!(
                "`GITHUB_EVENT_PATH` names `{path}`, which is no event in line {} column {}",
                error.line(),
                error.column()
            )),
            Ok(None) => {}
            Err(error) => documents.problems.push(unreadable("GITHUB_EVENT_PATH", path, &error)),
        }
    }
    let mut next = env.get("TEAMCITY_BUILD_PROPERTIES_FILE").map(str::to_owned);
    for name in ["TEAMCITY_BUILD_PROPERTIES_FILE", "teamcity.configuration.properties.file"] {
        let Some(path) = next.take() else { break };
        match text(files, &path) {
            Ok(text) => {
                let mut read = ci::properties(&text.unwrap_or_default());
                // The first file wins.
                read.append(&mut documents.teamcity);
                documents.teamcity = read;
            }
            Err(error) => documents.problems.push(unreadable(name, &path, &error)),
        }
        next = documents.teamcity.get("teamcity.configuration.properties.file").cloned();
    }
    documents
}

fn unreadable(variable: &str, path: &str, error: &io::Error) -> String {
    format!("`{variable}` names `{path}`, which cannot be read: {error}")
}

/// The whole of a file that is UTF-8 and not too large; `None` if there is none.
fn text<F: Files>(files: &F, path: &str) -> io::Result<Option<String>> {
    let Some(file) = files.open(&path.replace('\\', "/"))? else { return Ok(None) };
    let invalid = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let size = usize::try_from(file.len()).ok().filter(|_| file.len() <= MAX_SIZE);
    let mut bytes = vec![0; size.ok_or_else(|| invalid("it has more than 25 MB"))?];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(filled as u64, rest)? {
            0 => break,
            count => filled += count,
        }
    }
    bytes.truncate(filled);
    String::from_utf8(bytes).map(Some).map_err(|_| invalid("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::MemoryFiles;

    fn event(files: &MemoryFiles) -> Documents {
        read(files, &Env::from_iter([("GITHUB_EVENT_PATH", "/event.json")]))
    }

    #[test]
    fn an_event_that_cannot_be_used_is_a_problem_and_no_failure() {
        let huge = MemoryFiles::default().file("/event.json", vec![b' '; 25_000_001]);
        let deep = MemoryFiles::default().file("/event.json", "[".repeat(100_000));
        let problems: Vec<_> = [
            MemoryFiles::default(),
            MemoryFiles::default().file("/event.json", "{}"),
            MemoryFiles::default().file("/event.json", "7"),
            MemoryFiles::default().file("/event.json", "{\"pull_request\": "),
            MemoryFiles::default().file("/event.json", b"\xff"),
            MemoryFiles::default().denied("/event.json"),
            deep,
            huge,
        ]
        .map(|files| event(&files).problems.join("; "))
        .into();
        insta::assert_snapshot!(problems.join("\n"));
    }

    #[test]
    fn a_properties_file_that_names_itself_ends() {
        let files = MemoryFiles::default()
            .file("/a", "teamcity.configuration.properties.file=/a\nteamcity.build.branch=x\n");
        let read = read(&files, &Env::from_iter([("TEAMCITY_BUILD_PROPERTIES_FILE", "/a")]));
        assert_eq!(read.teamcity.get("teamcity.build.branch").map(String::as_str), Some("x"));
    }
}
