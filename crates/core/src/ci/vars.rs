//! Variables, read as what they stand for.

use super::{
    BuildKind, Documents, Found, PullRequestStatus,
    refs::{self, Ref},
    web,
};
use crate::{
    env::Env,
    git::{self, Slug},
};

/// What a system's reader reads from. In every list of names the first usable value wins.
#[derive(Clone, Copy)]
pub(super) struct Vars<'a> {
    env: &'a Env,
    /// What the system left in files.
    pub(super) documents: &'a Documents,
}

impl<'a> Vars<'a> {
    pub(super) fn new(env: &'a Env, documents: &'a Documents) -> Self {
        Self { env, documents }
    }

    /// The value of `name`. A placeholder that nobody filled in, such as `$_PR_NUMBER` or `<< pipeline.id >>`, counts
    /// as not set, because the systems with templates leave it as it is.
    pub(super) fn get(self, name: &str) -> Option<&'a str> {
        self.env.get(name).map(str::trim).filter(|value| !value.is_empty() && !placeholder(value))
    }

    /// Whether `name` is set, and to neither `false` nor `0`: for variables that say whether.
    pub(super) fn on(self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.eq_ignore_ascii_case("false") && value != "0")
    }

    /// Whether any of `names` is on.
    pub(super) fn any(self, names: &[&str]) -> bool {
        names.iter().any(|name| self.on(name))
    }

    /// Whether `name` is `value`.
    pub(super) fn is(self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }

    /// The first value that `parse` takes.
    pub(super) fn first<T>(
        self,
        names: &[&str],
        parse: impl Fn(&'a str) -> Option<T>,
    ) -> Option<Found<T>> {
        names.iter().find_map(|name| Some(Found::new(parse(self.get(name)?)?, *name)))
    }

    /// Any text.
    pub(super) fn text(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, |value| Some(value.to_owned()))
    }

    /// All refs, in this order. They are told apart later, so that a merge ref in the place of a branch still shows
    /// that this is a pull request.
    pub(super) fn refs(self, names: &[&str]) -> Vec<Found<Ref>> {
        self.refs_by(names, Some)
    }

    /// As [`Vars::refs`], of what `cut` leaves of each value.
    pub(super) fn refs_by(
        self,
        names: &[&str],
        cut: impl Fn(&'a str) -> Option<&'a str>,
    ) -> Vec<Found<Ref>> {
        let find = |name: &&str| self.first(&[name], |value| Ref::parse(cut(value)?));
        names.iter().filter_map(find).collect()
    }

    /// A branch.
    pub(super) fn branch(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, |value| Ref::parse(value)?.branch())
    }

    /// A tag, with or without `refs/tags/`.
    pub(super) fn tag(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, |value| refs::name(value.strip_prefix("refs/tags/").unwrap_or(value)))
    }

    /// A commit's hash.
    pub(super) fn commit(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, refs::commit)
    }

    /// A pull request's number.
    pub(super) fn number(self, names: &[&str]) -> Option<Found<u64>> {
        self.first(names, refs::number)
    }

    /// The number at the end of a pull request's URL.
    pub(super) fn number_in(self, names: &[&str]) -> Option<Found<u64>> {
        self.first(names, |value| refs::number(value.rsplit('/').next()?))
    }

    /// The state of a pull request, or what happened to it.
    pub(super) fn status(self, names: &[&str]) -> Option<Found<PullRequestStatus>> {
        self.first(names, PullRequestStatus::parse)
    }

    /// True or false.
    pub(super) fn says(self, names: &[&str]) -> Option<Found<bool>> {
        self.first(names, |value| value.to_ascii_lowercase().parse().ok())
    }

    /// A page.
    pub(super) fn page(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, web::page)
    }

    /// A page by the values of `names`, for example `{0}/actions/runs/{1}`; none if one is missing.
    pub(super) fn page_of<const N: usize>(
        self,
        names: [&str; N],
        make: impl FnOnce([&str; N]) -> String,
    ) -> Option<Found<String>> {
        let mut values = [""; N];
        for (value, name) in values.iter_mut().zip(names) {
            *value = self.get(name)?;
        }
        Some(Found::new(web::page(&make(values))?, names.join(" + ")))
    }

    /// A URL to clone from, without its secrets.
    pub(super) fn clone_url(self, names: &[&str]) -> Option<Found<String>> {
        self.first(names, |value| {
            git::slug(value)?;
            Some(git::without_secrets(value))
        })
    }

    /// A repository given as `owner/name`.
    pub(super) fn slug(self, names: &[&str]) -> Option<Found<Slug>> {
        self.first(names, slug)
    }

    /// The repository that is cloned from a URL.
    pub(super) fn slug_of_url(self, names: &[&str]) -> Option<Found<Slug>> {
        self.first(names, git::slug)
    }

    /// A repository given as two variables.
    pub(super) fn owner_and_name(self, owner: &str, name: &str) -> Option<Found<Slug>> {
        let (owner, name) = (self.text(&[owner])?, self.text(&[name])?);
        owner.with(&name, |owner, name| slug(&format!("{owner}/{name}")))
    }

    /// That this is the build of a pull request, because one of `names` is on.
    pub(super) fn pull_request_if(self, names: &[&str]) -> Option<Found<BuildKind>> {
        self.kind_if(names, BuildKind::PullRequest)
    }

    /// That this builds `kind`, because one of `names` is on.
    pub(super) fn kind_if(self, names: &[&str], kind: BuildKind) -> Option<Found<BuildKind>> {
        names.iter().find(|name| self.on(name)).map(|name| Found::new(kind, *name))
    }

    /// That this is the build of a pull request, because one of `names`, which tell the event or the reason, says so in
    /// the words of any system: `PullRequest`, `pull_request_closed`, `external_pull_request_event`, `merge_group`.
    pub(super) fn pull_request_event(self, names: &[&str]) -> Option<Found<BuildKind>> {
        self.first(names, |value| {
            let letters = value.bytes().filter(u8::is_ascii_alphabetic);
            let word: String = letters.map(|it| char::from(it.to_ascii_lowercase())).collect();
            let said = ["pullrequest", "mergerequest", "mergegroup", "mergequeue", "mergetrain"];
            said.iter().any(|it| word.contains(it)).then_some(BuildKind::PullRequest)
        })
    }

    /// That this builds `kind`, because `name` is `value`.
    pub(super) fn kind_of(
        self,
        name: &str,
        value: &str,
        kind: BuildKind,
    ) -> Option<Found<BuildKind>> {
        self.is(name, value).then(|| Found::new(kind, name))
    }

    /// Whether two variables, each a URL or `owner/name`, name different repositories.
    pub(super) fn differ(self, one: &str, other: &str) -> Option<Found<bool>> {
        let (one, other) = (self.text(&[one])?, self.text(&[other])?);
        one.with(&other, |one, other| Some(any_slug(one)? != any_slug(other)?))
    }
}

/// The repository that `owner/name` is; groups between them belong to the owner.
pub(super) fn slug(text: &str) -> Option<Slug> {
    let text = text.trim_matches('/');
    let (owner, name) = match text.rsplit_once('/') {
        Some((owner, name)) => (Some(owner.to_owned()), name),
        None => (None, text),
    };
    let name = name.strip_suffix(".git").unwrap_or(name);
    let usable = !name.is_empty() && !text.contains("//") && !text.contains([':', '@']);
    usable.then(|| Slug { owner, name: name.to_owned() })
}

/// The repository that `text` names, in a form that can be compared: hosting services ignore case.
fn any_slug(text: &str) -> Option<Slug> {
    let slug = if text.contains([':', '@']) { git::slug(text) } else { slug(text) }?;
    Some(Slug {
        owner: slug.owner.map(|owner| owner.to_ascii_lowercase()),
        name: slug.name.to_ascii_lowercase(),
    })
}

/// Whether `value` as a whole is `$NAME`, `${..}`, `$(..)`, `<< .. >>` or `{{ .. }}`.
fn placeholder(value: &str) -> bool {
    let enclosed = |open, close| value.starts_with(open) && value.ends_with(close);
    let named = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    enclosed("${", "}")
        || enclosed("$(", ")")
        || enclosed("<<", ">>")
        || enclosed("{{", "}}")
        || value.strip_prefix('$').is_some_and(named)
}
