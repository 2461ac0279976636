//! `notify`, with hosting services that hold comments and record what arrives.

mod elsewhere;
mod faults;
mod forge;
mod stories;

/// The build of a pull request, as the user's own variables say it, and who asks Dagster+.
const PULL_REQUEST: [(&str, &str); 6] = [
    ("OFFSHOOT_BRANCH", "feature"),
    ("OFFSHOOT_REPOSITORY", "acme/shop"),
    ("OFFSHOOT_PULL_REQUEST", "7"),
    ("OFFSHOOT_COMMIT", "0123456789012345678901234567890123456789"),
    ("OFFSHOOT_CLONE_URL", "https://github.com/acme/shop.git"),
    ("DAGSTER_CLOUD_API_TOKEN", "agent:acme:0123456789abcdef"),
];
