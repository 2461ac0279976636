//! Sends what the modules of the services have written.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, Request, Response, header};

use super::{
    Api, Change, Comment, CommitStatus, Marker, Place, api,
    error::{ExchangeError, NotifyError, SET_STATUS},
    judge::{Failed, Problem, judge},
};
use crate::{
    plus::{Budget, answer::quote, retry::Attempts},
    ports::{Clock, Host, Http, Limits, SendError, SendErrorKind},
    secret::Secret,
};

/// A page holds at most a hundred comments, which services bound themselves.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;
/// Ten thousand comments. A list that is longer, or never ends, is not read further.
const MAX_PAGES: usize = 100;

/// What is to be done to the comments of a pull request.
pub(crate) enum Todo {
    /// The comment is there and says this already.
    Nothing { page: Option<String> },
    /// The comment is there and says something else.
    Update { change: Change, page: Option<String> },
    /// It is not there.
    Create { change: Change },
}

/// Talks to one hosting service for one command: its budget starts when it is made.
pub(crate) struct Sender<'a, H> {
    host: &'a H,
    place: &'a Place,
    api: Box<dyn Api + 'a>,
    token: &'a Secret,
    budget: Budget,
    started: Duration,
}

impl<'a, H: Host> Sender<'a, H> {
    /// A sender whose budget begins now.
    pub(crate) fn new(host: &'a H, place: &'a Place, token: &'a Secret, budget: Budget) -> Self {
        Self { host, place, api: api(place), token, budget, started: host.clock().monotonic() }
    }

    /// What brings the comment that begins with `marker` up to date with `text`.
    ///
    /// # Errors
    /// If the comments cannot be read.
    pub(crate) async fn look(
        &self,
        pull_request: u64,
        marker: &Marker,
        text: &str,
    ) -> Result<Todo, NotifyError> {
        let body = marker.before(text);
        Ok(match self.find(pull_request, marker).await? {
            Some(comment) if is_same(&comment.body, &body) => Todo::Nothing { page: comment.page },
            Some(Comment { id, page, .. }) => {
                Todo::Update { change: self.api.update(pull_request, &id, &body), page }
            }
            None => Todo::Create { change: self.api.create(pull_request, &body) },
        })
    }

    /// Does what [`Sender::look`] says, until it is done. Returns what was done last, and the page of the comment.
    ///
    /// An answer that is lost may be that to a comment that was made. So nothing is sent again before another look.
    ///
    /// # Errors
    /// If the service refuses, or the budget is spent.
    pub(crate) async fn comment(
        &self,
        pull_request: u64,
        marker: &Marker,
        text: &str,
    ) -> Result<(Todo, Option<String>), NotifyError> {
        let mut attempts = self.attempts();
        loop {
            let todo = self.look(pull_request, marker, text).await?;
            let (doing, sent) = match &todo {
                Todo::Nothing { page } => {
                    let page = page.clone();
                    return Ok((todo, page));
                }
                Todo::Update { change, page } => {
                    let sent = self.send(change, attempts.time_left()).await;
                    (
                        "update the comment",
                        sent.map(|_| page.clone()).map_err(|failed| others(failed, page)),
                    )
                }
                Todo::Create { change } => {
                    let sent = self.send(change, attempts.time_left()).await;
                    ("write the comment", sent.map(|answer| self.api.created(answer.body())))
                }
            };
            match sent {
                Ok(page) => return Ok((todo, page)),
                Err(failed) => {
                    self.pause(
                        &mut attempts,
                        doing,
                        about_pull_request(self.place, pull_request),
                        failed,
                    )
                    .await?;
                }
            }
        }
    }

    /// The request that sets `status`.
    pub(crate) fn status(&self, status: &CommitStatus<'_>) -> Change {
        self.api.status(status)
    }

    /// Sets a status. It may be set twice, as the later one takes the place of the earlier.
    ///
    /// # Errors
    /// As [`Sender::comment`].
    pub(crate) async fn set_status(
        &self,
        change: &Change,
        commit: &str,
    ) -> Result<(), NotifyError> {
        let mut attempts = self.attempts();
        let about = format!("commit `{commit}` in `{}`", self.place.repository());
        loop {
            match self.send(change, attempts.time_left()).await {
                Ok(_) => return Ok(()),
                Err(Failed { problem: Problem::Refused { said, .. }, .. })
                    if self.api.is_set_already(&said) =>
                {
                    return Ok(());
                }
                Err(failed) => {
                    self.pause(&mut attempts, SET_STATUS, about.clone(), failed).await?;
                }
            }
        }
    }

    /// The first comment that begins with `marker`.
    async fn find(
        &self,
        pull_request: u64,
        marker: &Marker,
    ) -> Result<Option<Comment>, NotifyError> {
        let mut url = self.api.comments(pull_request);
        for _ in 0..MAX_PAGES {
            let (comments, next) = self.page(&url, pull_request).await?;
            let found = comments.into_iter().find(|comment| marker.begins(&comment.body));
            match (found, next) {
                (Some(comment), _) => return Ok(Some(comment)),
                (None, Some(next)) => url = self.here(&next),
                (None, None) => return Ok(None),
            }
        }
        // Ours may be among the rest, and a second one would be made at every run.
        Err(NotifyError::TooManyComments { pages: MAX_PAGES })
    }

    async fn page(
        &self,
        url: &str,
        pull_request: u64,
    ) -> Result<(Vec<Comment>, Option<String>), NotifyError> {
        let mut attempts = self.attempts();
        loop {
            let read = self.exchange(Method::GET, url, Vec::new(), attempts.time_left()).await;
            let read = read.and_then(|answer| match self.api.read(answer.body()) {
                Ok(comments) => Ok((comments, self.api.next(answer.headers(), answer.body()))),
                Err(_) => {
                    let said = quote(&self.masked(answer.body()));
                    Err(Problem::NotTheApi { said }.into())
                }
            });
            match read {
                Ok(read) => return Ok(read),
                Err(failed) => {
                    let about = about_pull_request(self.place, pull_request);
                    self.pause(&mut attempts, "read the comments", about, failed).await?;
                }
            }
        }
    }

    /// `next` on the host that the token is for: proxies make services link to other names of theirs, and nothing that
    /// an answer says may send the token elsewhere.
    fn here(&self, next: &str) -> String {
        let path = next.split_once("://").map_or(next, |(_, rest)| {
            rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/")
        });
        let (scheme, rest) = self.place.api.split_once("://").unwrap_or(("https", &self.place.api));
        let host = rest.split('/').next().unwrap_or(rest);
        format!("{scheme}://{host}{path}")
    }

    async fn send(&self, change: &Change, timeout: Duration) -> Result<Response<Vec<u8>>, Failed> {
        let body = change.body.to_string().into_bytes();
        self.exchange(change.method.clone(), &change.url, body, timeout).await
    }

    async fn exchange(
        &self,
        method: Method,
        url: &str,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, Failed> {
        let limits = Limits { timeout, max_body: MAX_ANSWER };
        let request = self.request(method, url, body)?;
        let response = self.host.http().send(request, limits).await.map_err(Problem::Send)?;
        judge(&response, &self.masked(response.body()), self.host.clock().now())?;
        Ok(response)
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        body: Vec<u8>,
    ) -> Result<Request<Vec<u8>>, Problem> {
        let unusable = |message: &str| {
            let message = message.to_owned();
            Problem::Send(SendError { kind: SendErrorKind::Unusable, message })
        };
        let mut request = Request::builder()
            .method(method)
            .uri(url)
            .header(header::USER_AGENT, concat!("offshoot/", env!("CARGO_PKG_VERSION")));
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, text) in self.api.headers(self.token) {
            let mut value = HeaderValue::from_str(&text)
                .map_err(|_| unusable("the token has characters that no HTTP header can carry"))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        request.body(body).map_err(|_| unusable("the URL cannot be requested"))
    }

    /// The body of an answer, without the token in any form that it was sent in.
    fn masked(&self, body: &[u8]) -> String {
        let text = self.token.mask_in(&String::from_utf8_lossy(body));
        let headers = self.api.headers(self.token);
        let sent = headers.iter().filter_map(|(_, value)| value.strip_prefix("Basic "));
        sent.fold(text, |text, sent| Secret::new(sent).mask_in(&text))
    }

    fn attempts(&self) -> Attempts<'a, H> {
        Attempts::new(self.host, self.budget, self.started)
    }

    /// Returns when it is time for another attempt, and with the error if there is none to be.
    async fn pause(
        &self,
        attempts: &mut Attempts<'_, H>,
        doing: &'static str,
        about: String,
        failed: Failed,
    ) -> Result<(), NotifyError> {
        let Failed { problem, asked_delay } = failed;
        attempts.failed(problem.is_reached());
        if problem.is_transient() && attempts.pause(doing, problem.to_string(), asked_delay).await {
            return Ok(());
        }
        let api = &self.place.api;
        let host = api.split_once("://").map_or(api.as_str(), |(_, rest)| rest);
        Err(NotifyError::Exchange(Box::new(ExchangeError {
            doing,
            hosting: self.place.hosting,
            host: host.split('/').next().unwrap_or(host).to_owned(),
            about,
            needs: self.api.needs(),
            problem,
            attempts: attempts.count(),
            elapsed: attempts.elapsed(),
        })))
    }
}

/// Credentials of a user, as HTTP has them (RFC 7617).
pub(super) fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn about_pull_request(place: &Place, number: u64) -> String {
    format!("pull request {number} in `{}`", place.repository())
}

/// What is forbidden of an update is the comment: that comments may be read is known by then.
fn others(failed: Failed, page: &Option<String>) -> Failed {
    match failed.problem {
        Problem::Forbidden { said } => Problem::OthersComment { said, page: page.clone() }.into(),
        _ => failed,
    }
}

/// Services change the ends of lines and what stands at the end.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}
