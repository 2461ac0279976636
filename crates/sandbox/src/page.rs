//! The pages, so that the links that clients print lead somewhere. All of them are plain HTML made on the server.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::state::deployment::{Branch, Deployment};
use crate::state::location::Location;

const STYLE: &str = "
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top }
code, pre { font: .9em ui-monospace, monospace; white-space: pre-wrap }
section { margin: 2rem 0 }
";

/// GraphiQL comes from a public CDN; without Internet access the page only says so.
const GRAPHIQL: &str = "
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
root.render(React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: location.pathname }),
  defaultEditorToolsVisibility: 'headers',
  defaultHeaders: '{\"Dagster-Cloud-Api-Token\": \"\"}',
}));
";

/// An HTML answer that may load and run nothing.
pub(crate) fn plain(markup: Markup) -> Response {
    answer(markup, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
}

/// The page of an organization's deployments, or of one of them.
pub(crate) fn deployments(
    organization: &str,
    deployments: &[Arc<Deployment>],
    now: Duration,
) -> Markup {
    frame(
        organization,
        &html! {
            h1 { a href={ "/" (organization) } { (organization) } }
            p { "An offshoot sandbox: a stand-in for Dagster+." }
            @for deployment in deployments { (section(organization, deployment, now)) }
        },
    )
}

/// The page of a request that is not answered.
pub(crate) fn failure(status: StatusCode, message: &str) -> Markup {
    html! { (DOCTYPE) title { (status) } h1 { (status) } p { (message) } }
}

/// The GraphiQL page. The token goes into its Headers tab.
pub(crate) fn graphiql() -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "GraphiQL: offshoot sandbox" }
                link rel="stylesheet" href="https://unpkg.com/graphiql@3.8.3/graphiql.min.css";
                style { "html, body, #graphiql { height: 100%; margin: 0 }" }
            }
            body {
                div id="graphiql" { "GraphiQL comes from unpkg.com, which needs Internet access." }
                script src="https://unpkg.com/react@18.3.1/umd/react.production.min.js" {}
                script src="https://unpkg.com/react-dom@18.3.1/umd/react-dom.production.min.js" {}
                script src="https://unpkg.com/graphiql@3.8.3/graphiql.min.js" {}
                script { (PreEscaped(GRAPHIQL)) }
            }
        }
    };
    answer(
        page,
        "default-src 'none'; style-src 'unsafe-inline' https://unpkg.com; \
         script-src 'unsafe-inline' https://unpkg.com; worker-src blob:; connect-src 'self'; \
         font-src data:; img-src data:; frame-ancestors 'none'",
    )
}

fn answer(markup: Markup, policy: &'static str) -> Response {
    let mut response = Html(markup.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn frame(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - offshoot sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
}

fn section(organization: &str, deployment: &Deployment, now: Duration) -> Markup {
    html! {
        section id=(deployment.name) {
            h2 {
                a href={ "/" (organization) "/" (deployment.name) "/locations" } {
                    @match &deployment.branch {
                        Some(branch) => (branch.metadata.branch_name),
                        None => (deployment.name),
                    }
                }
            }
            @if let Some(branch) = &deployment.branch { (git(&deployment.name, branch)) }
            @if deployment.locations.is_empty() {
                p { "No code locations." }
            } @else {
                table {
                    tr { th { "Code location" } th { "Status" } th { "Image" } }
                    @for location in deployment.locations.values() { (row(location, now)) }
                }
            }
        }
    }
}

fn git(name: &str, branch: &Branch) -> Markup {
    let metadata = &branch.metadata;
    html! {
        p {
            "Branch deployment " code { (name) } " of "
            (link(metadata.branch_url.as_deref(), &metadata.repo_name))
            @if let Some(number) = &metadata.pull_request_number {
                ", pull request " (link(metadata.pull_request_url.as_deref(), number))
            }
            @if let Some(status) = metadata.pull_request_status { " (" (format!("{status:?}")) ")" }
        }
        @if let Some(commit) = branch.commits.last() {
            p {
                "Latest commit " (link(commit.commit_url.as_deref(), &commit.commit_hash))
                @if let Some(author) = &commit.author_name { " by " (author) }
                @if let Some(message) = &commit.commit_message { ": " (message.trim()) }
            }
        }
    }
}

fn row(location: &Location, now: Duration) -> Markup {
    let visible = location.visible(now);
    let error = visible.as_ref().and_then(|loaded| loaded.load.error.as_deref());
    html! {
        tr {
            td { (location.document().name()) }
            td {
                @match (&visible, error) {
                    (None, _) => "Loading",
                    (Some(_), None) => "Loaded",
                    (Some(_), Some(error)) => { "Failed: " code { (error) } }
                }
                @if visible.is_some() && location.is_outdated(now) { ", update under way" }
            }
            td { code { (location.document().text("image").unwrap_or_default()) } }
        }
    }
}

/// A link, if the URL that a client gave is one that a browser should follow.
fn link(url: Option<&str>, text: &str) -> Markup {
    let url = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    html! {
        @match url {
            Some(url) => a href=(url) rel="noopener noreferrer" { (text) },
            None => (text),
        }
    }
}
