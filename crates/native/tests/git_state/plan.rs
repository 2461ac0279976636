//! Plans of repositories, which proptest varies.

use proptest::{prelude::*, sample::select};

/// What a repository is to be like.
#[derive(Debug, Clone)]
pub struct Plan {
    pub sha256: bool,
    pub history: History,
    pub storage: Storage,
    pub layout: Layout,
    pub head: Head,
    pub remote: Remote,
    pub replaced: bool,
    pub packed_refs: bool,
    pub start: Start,
}

/// Commits with long messages that become a chain of deltas, with the last commit at its end.
#[derive(Debug, Clone)]
pub struct History {
    pub commits: usize,
    pub branch: &'static str,
    pub subject: String,
}

/// How the objects are stored.
#[derive(Debug, Clone)]
pub enum Storage {
    Loose,
    /// By `git pack-objects`, which makes REF_DELTA unless told otherwise.
    Packed {
        offset_deltas: bool,
        depth: usize,
        window: usize,
        index: &'static str,
    },
    /// By `git repack -adf`.
    Repacked {
        multi_pack_index: bool,
    },
    /// Each half of the history in its own pack.
    TwoPacks,
    /// In a pack and loose.
    Twice,
}

/// Where the worktree, the Git directory and the objects are.
#[derive(Debug, Clone, Copy)]
pub enum Layout {
    Plain,
    Bare,
    SeparateGitDir,
    LinkedGitDir,
    CoreWorktree,
    LinkedWorktree,
    WorktreeConfig,
    Submodule,
    Clone(&'static [&'static str]),
    Shallow,
    SharedTwice,
    RelativeAlternate,
}

/// What HEAD is.
#[derive(Debug, Clone, Copy)]
pub enum Head {
    AsItIs,
    Detached,
    DetachedAtTag,
    SymbolicLink,
    AnotherName,
    Unborn,
    OutsideOfBranches,
}

/// What is known of `origin`.
#[derive(Debug, Clone, Copy)]
pub enum Remote {
    AsItIs,
    Plain,
    Rewritten,
    WithDefaultBranch,
}

/// Where in the repository the search begins.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    Top,
    Below,
    ThroughLink,
    InsideGitDir,
}

impl Plan {
    pub fn any() -> impl Strategy<Value = Self> {
        let branch = select(&["main", "feature/x", "fix/\u{fc}mlaut#1", "a.b/c-d/e"][..]);
        let history = (1..14_usize, branch, "[a-z]{1,9} [a-zé]{1,9}")
            .prop_map(|(commits, branch, subject)| History { commits, branch, subject });
        let head = select(
            &[
                Head::AsItIs,
                Head::AsItIs,
                Head::AsItIs,
                Head::Detached,
                Head::DetachedAtTag,
                Head::SymbolicLink,
                Head::AnotherName,
                Head::Unborn,
                Head::OutsideOfBranches,
            ][..],
        );
        let remote = select(
            &[Remote::AsItIs, Remote::Plain, Remote::Rewritten, Remote::WithDefaultBranch][..],
        );
        let start = select(
            &[Start::Top, Start::Top, Start::Below, Start::ThroughLink, Start::InsideGitDir][..],
        );
        let rest = (prop::bool::weighted(0.25), prop::bool::weighted(0.2), any::<bool>());
        (history, storage(), layout(), head, remote, start, rest).prop_map(
            |(history, storage, layout, head, remote, start, (sha256, replaced, packed_refs))| {
                Self {
                    sha256,
                    history,
                    storage,
                    layout,
                    head,
                    remote,
                    replaced,
                    packed_refs,
                    start,
                }
            },
        )
    }
}

fn storage() -> impl Strategy<Value = Storage> {
    let packed = (any::<bool>(), 1..60_usize, 2..20_usize, select(&["1", "2", "2,0x10"][..]))
        .prop_map(|(offset_deltas, depth, window, index)| Storage::Packed {
            offset_deltas,
            depth,
            window,
            index,
        });
    prop_oneof![
        2 => Just(Storage::Loose),
        5 => packed,
        1 => any::<bool>().prop_map(|multi_pack_index| Storage::Repacked { multi_pack_index }),
        1 => Just(Storage::TwoPacks),
        1 => Just(Storage::Twice),
    ]
}

fn layout() -> impl Strategy<Value = Layout> {
    select(
        &[
            Layout::Plain,
            Layout::Plain,
            Layout::Plain,
            Layout::Bare,
            Layout::SeparateGitDir,
            Layout::LinkedGitDir,
            Layout::CoreWorktree,
            Layout::LinkedWorktree,
            Layout::WorktreeConfig,
            Layout::Submodule,
            Layout::Clone(&[]),
            Layout::Clone(&["--bare"]),
            Layout::Clone(&["--mirror"]),
            Layout::Clone(&["--shared"]),
            Layout::Clone(&["--reference", "origin"]),
            Layout::Shallow,
            Layout::SharedTwice,
            Layout::RelativeAlternate,
        ][..],
    )
}
