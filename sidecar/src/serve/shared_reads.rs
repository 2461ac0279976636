//! One request to Dagster+ for all that ask the same: however many wait for a deployment, it is polled by one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{Request, Response};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use offshoot_core::ports::{Http, Limits, SendError};

/// How the body of a query begins. What changes something is sent by each for itself.
const QUERY: &[u8] = br#"{"query":"query "#;

/// Shares the answers to equal queries.
///
/// Nobody gets the answer to a query that was sent before they asked: it could miss what they have just changed.
/// So who asks while an equal query is under way waits for its end, and shares the next one with all who came
/// meanwhile.
#[derive(Clone)]
pub struct SharedReads<H> {
    http: H,
    queues: Arc<Mutex<HashMap<Query, Queue>>>,
}

/// URL and body. The token and everything else is the same for all.
type Query = (String, Vec<u8>);
type Outcome = Result<Response<Vec<u8>>, SendError>;
type Exchange = BoxFuture<'static, Outcome>;

#[derive(Default)]
struct Queue {
    /// Under way. Dropped by all who waited for it if this leads nowhere.
    sent: Option<WeakShared<Exchange>>,
    /// Can still be joined.
    next: Option<WeakShared<Exchange>>,
}

impl<H: Http + Clone + 'static> SharedReads<H> {
    /// Shares what goes over `http`.
    pub fn new(http: H) -> Self {
        Self { http, queues: Arc::default() }
    }

    fn join(&self, request: Request<Vec<u8>>, limits: Limits) -> Shared<Exchange> {
        let query = (request.uri().to_string(), request.body().clone());
        self.with_queues(|queues| {
            queues.retain(|_, queue| alive(&queue.sent).or(alive(&queue.next)).is_some());
            let queue = queues.entry(query.clone()).or_default();
            if let Some(next) = alive(&queue.next) {
                return next;
            }
            let before = alive(&queue.sent);
            let reads = self.clone();
            let exchange = async move {
                if let Some(before) = before {
                    drop(before.await);
                }
                reads.with_queues(|queues| {
                    if let Some(queue) = queues.get_mut(&query) {
                        queue.sent = queue.next.take();
                    }
                });
                reads.http.send(request, limits).await
            };
            let exchange = exchange.boxed().shared();
            queue.next = exchange.downgrade();
            exchange
        })
    }

    fn with_queues<T>(&self, act: impl FnOnce(&mut HashMap<Query, Queue>) -> T) -> T {
        act(&mut self.queues.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<H: Http + Clone + 'static> Http for SharedReads<H> {
    async fn send(&self, request: Request<Vec<u8>>, limits: Limits) -> Outcome {
        if request.body().starts_with(QUERY) {
            self.join(request, limits).await
        } else {
            self.http.send(request, limits).await
        }
    }
}

fn alive(exchange: &Option<WeakShared<Exchange>>) -> Option<Shared<Exchange>> {
    exchange.as_ref().and_then(WeakShared::upgrade)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    const LIMITS: Limits = Limits { timeout: Duration::from_secs(1), max_body: 1024 };

    /// Answers with the number of the request, one for each permit.
    #[derive(Clone)]
    struct Numbered {
        sent: Arc<Mutex<u8>>,
        permits: Arc<Semaphore>,
    }

    impl Http for Numbered {
        async fn send(&self, _: Request<Vec<u8>>, _: Limits) -> Outcome {
            let number = {
                let mut sent = self.sent.lock().unwrap();
                *sent += 1;
                *sent
            };
            self.permits.acquire().await.unwrap().forget();
            Ok(Response::new(vec![number]))
        }
    }

    fn reads() -> SharedReads<Numbered> {
        let permits = Arc::new(Semaphore::new(0));
        SharedReads::new(Numbered { sent: Arc::default(), permits })
    }

    async fn ask(reads: SharedReads<Numbered>, body: &'static str) -> u8 {
        let request = Request::post("http://a.test/").body(body.into()).unwrap();
        reads.send(request, LIMITS).await.unwrap().into_body()[0]
    }

    const ASKED: &str = r#"{"query":"query Agents { .. }"}"#;

    #[tokio::test]
    async fn who_comes_late_shares_the_next_one() {
        let reads = reads();
        let mut first = ask(reads.clone(), ASKED).boxed();
        assert!(first.as_mut().now_or_never().is_none());
        let mut late = join_all((0..100).map(|_| ask(reads.clone(), ASKED))).boxed();
        assert!(late.as_mut().now_or_never().is_none());
        assert_eq!(*reads.http.sent.lock().unwrap(), 1);
        reads.http.permits.add_permits(2);
        assert_eq!((first.await, late.await), (1, vec![2; 100]));
        assert!(reads.queues.lock().unwrap().len() <= 1);
    }

    #[tokio::test]
    async fn who_leaves_holds_up_nobody() {
        let reads = reads();
        let mut first = ask(reads.clone(), ASKED).boxed();
        assert!(first.as_mut().now_or_never().is_none());
        drop(first);
        reads.http.permits.add_permits(1);
        assert_eq!(ask(reads, ASKED).await, 2);
    }

    #[tokio::test]
    async fn changes_and_other_questions_go_alone() {
        let reads = reads();
        reads.http.permits.add_permits(4);
        let mutation = r#"{"query":"mutation Put { .. }"}"#;
        let other = r#"{"query":"query Other { .. }"}"#;
        let asked = [mutation, mutation, ASKED, other].map(|body| ask(reads.clone(), body));
        let mut numbers = join_all(asked).await;
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4]);
    }
}
