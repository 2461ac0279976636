//! A hosting service: the comments of one pull request, in the form that each service gives them.

use std::sync::{Arc, Mutex};

use http::Method;
use offshoot_tests::{
    recorder::{Recorded, Recorder},
    script::{Reply, Script},
};
use serde_json::{Value as Json, json};

/// What every service is given as its token. Azure DevOps takes it for a JSON web token.
pub const TOKEN: &str = "eyJ0123456789abcdef";
/// How many comments a page has, so that a few make several pages.
const PAGE: usize = 2;

/// The services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    GitHub,
    GitLab,
    Bitbucket,
    AzureDevOps,
    Gitea,
}

/// The texts of the comments. What stands at index `n` has the number `n + 1`.
#[derive(Debug, Clone, Default)]
pub struct Comments(Arc<Mutex<Vec<String>>>);

impl Comments {
    pub fn all(&self) -> Vec<String> {
        self.0.lock().expect("no answer panicked").clone()
    }

    pub fn add(&self, text: &str) {
        self.0.lock().expect("no answer panicked").push(text.to_owned());
    }
}

/// A service that runs, and the comments it holds.
pub struct Forge {
    pub recorder: Recorder,
    pub comments: Comments,
}

impl Forge {
    /// A service of that kind with three comments of other people.
    pub fn start(kind: Kind) -> Self {
        let comments = Comments::default();
        for text in ["First", "> [offshoot]: # (acme/b7)\n\nsays the bot", "Looks good"] {
            comments.add(text);
        }
        let held = comments.clone();
        let script = Script::success().rest(move |request| answer(kind, &held, request));
        Self { recorder: Recorder::start(script), comments }
    }
}

/// What the service answers.
pub fn answer(kind: Kind, comments: &Comments, request: &Recorded) -> Reply {
    if request.path.contains("/statuses") {
        return Reply::json(&json!({})).status(201);
    }
    let path = request.path.split('?').next().unwrap_or_default();
    match request.method {
        Method::GET => list(kind, comments, &request.path),
        Method::POST => {
            comments.add(&text_of(kind, &request.body));
            let number = comments.all().len();
            Reply::json(&item(kind, number, &text_of(kind, &request.body))).status(201)
        }
        _ => {
            let path = path.strip_suffix("/comments/1").unwrap_or(path);
            let number: usize =
                path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
            let mut held = comments.0.lock().expect("no answer panicked");
            held[number - 1] = text_of(kind, &request.body);
            Reply::json(&item(kind, number, &held[number - 1]))
        }
    }
}

fn list(kind: Kind, comments: &Comments, path: &str) -> Reply {
    let all: Vec<Json> =
        comments.all().iter().enumerate().map(|(n, text)| item(kind, n + 1, text)).collect();
    match kind {
        Kind::AzureDevOps => return Reply::json(&json!({ "value": all, "count": all.len() })),
        Kind::Gitea => return Reply::json(&Json::Array(all)),
        _ => {}
    }
    let page: usize = path
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("page="))
        .map_or(1, |page| page.parse().expect("it is the page of a link"));
    let there: Vec<Json> = all.iter().skip((page - 1) * PAGE).take(PAGE).cloned().collect();
    let rest = path.split("&page=").next().unwrap_or(path);
    // The service calls itself by another name, as behind a proxy.
    let next = (page * PAGE < all.len())
        .then(|| format!("https://elsewhere.invalid{rest}&page={}", page + 1));
    match (kind, next) {
        (Kind::Bitbucket, next) => Reply::json(&json!({ "values": there, "next": next })),
        (_, Some(next)) => {
            let link =
                format!("<https://elsewhere.invalid/1>; rel=\"first\", <{next}>; rel=\"next\"");
            Reply::json(&Json::Array(there)).header("link", &link)
        }
        (_, None) => Reply::json(&Json::Array(there)),
    }
}

fn item(kind: Kind, number: usize, text: &str) -> Json {
    match kind {
        Kind::GitHub | Kind::Gitea => json!({
            "id": number, "body": text, "user": {"login": "bot"},
            "html_url": format!("https://forge.example/acme/shop/pull/7#{number}"),
        }),
        Kind::GitLab => json!({ "id": number, "body": text, "system": false }),
        Kind::Bitbucket => json!({
            "id": number, "content": {"raw": text, "html": "<p/>"}, "deleted": false,
            "links": {"html": {"href": format!("https://forge.example/acme/shop/pull/7#{number}")}},
        }),
        Kind::AzureDevOps => json!({
            "id": number, "isDeleted": false,
            "comments": [{"id": 1, "content": text, "commentType": "text"}],
        }),
    }
}

fn text_of(kind: Kind, body: &Json) -> String {
    let text = match kind {
        Kind::GitHub | Kind::GitLab | Kind::Gitea => &body["body"],
        Kind::Bitbucket => &body["content"]["raw"],
        Kind::AzureDevOps if body["comments"].is_null() => &body["content"],
        Kind::AzureDevOps => &body["comments"][0]["content"],
    };
    text.as_str().expect("a comment has a text").to_owned()
}
