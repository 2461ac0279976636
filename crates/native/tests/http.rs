//! HTTP as the network has it: servers that break off, private certificate authorities, proxies.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "http/certificates.rs"]
mod certificates;
#[path = "http/exchanges.rs"]
mod exchanges;
#[path = "http/proxies.rs"]
mod proxies;
#[path = "http/servers.rs"]
mod servers;
