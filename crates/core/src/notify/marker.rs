//! The first line of a comment, by which it is found again.

use std::fmt;

use crate::plus::DeploymentName;

/// The line that tells the comment about one deployment from all others.
///
/// It is a definition of a link that nothing refers to, which shows as nothing wherever Markdown is read. An HTML
/// comment does not: Bitbucket escapes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker(String);

impl Marker {
    /// The marker of `deployment` in `organization`.
    pub fn new(organization: &str, deployment: &DeploymentName) -> Self {
        // In the title of a link only these end it, or escape what ends it.
        let organization: String =
            organization.chars().filter(|c| !matches!(c, '(' | ')' | '\\' | '\n')).collect();
        Self(format!("[offshoot]: # ({organization}/{deployment})"))
    }

    /// `text`, behind the marker.
    pub fn before(&self, text: &str) -> String {
        format!("{}\n\n{text}", self.0)
    }

    /// Whether `body` begins with the marker. A comment that quotes it further down is somebody else's.
    pub fn begins(&self, body: &str) -> bool {
        body.lines().next().is_some_and(|line| line.trim_end() == self.0)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_found_by_its_first_line_alone() {
        let of =
            |organization, name| Marker::new(organization, &DeploymentName::parse(name).unwrap());
        let marker = of("acme", "b7");
        let body = marker.before("### Deployed\n");
        assert_eq!(body, "[offshoot]: # (acme/b7)\n\n### Deployed\n");
        assert!(marker.begins(&body) && marker.begins(&body.replace('\n', "\r\n")));
        assert!(!marker.begins(&format!("> {body}")) && !marker.begins(&format!("see\n{body}")));
        assert!(!of("acme", "b70").begins(&body) && !of("acm", "b7").begins(&body));
        assert_eq!(of("host/a)b", "b7").to_string(), "[offshoot]: # (host/ab/b7)");
    }
}
