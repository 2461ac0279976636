//! Commands as a table: a name, and either more commands or a verb.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::early::Early;
use crate::{app::App, failure::Failure};

/// Something that a command does, with the flags it takes.
pub trait Verb: Args + FromArgMatches + 'static {
    /// Shown below the flags by `--help`.
    const EXAMPLES: &'static str;

    /// Whether the result, and so a failure too, is wanted as JSON.
    fn json(&self) -> bool {
        false
    }

    /// Does it.
    fn run(self, app: &App) -> Result<(), Failure>;
}

/// A verb with its flags, ready to run.
pub type Run = Box<dyn FnOnce(&App) -> Result<(), Failure>>;

/// A command of the tree.
pub struct Node {
    name: &'static str,
    about: &'static str,
    is_hidden: bool,
    kind: Kind,
}

enum Kind {
    Group(&'static [Node]),
    Verb { augment: fn(Command) -> Command, read: fn(&ArgMatches) -> Result<Run, clap::Error> },
}

impl Node {
    /// A command that holds others.
    pub const fn group(name: &'static str, about: &'static str, children: &'static [Self]) -> Self {
        Self { name, about, is_hidden: false, kind: Kind::Group(children) }
    }

    /// A command that does something.
    pub const fn verb<V: Verb>(name: &'static str, about: &'static str) -> Self {
        let kind = Kind::Verb { augment: augment::<V>, read: read::<V> };
        Self { name, about, is_hidden: false, kind }
    }

    /// Left out of `--help`.
    pub const fn hidden(self) -> Self {
        Self { is_hidden: true, ..self }
    }

    fn command(&self) -> Command {
        let command = Command::new(self.name).about(self.about).hide(self.is_hidden);
        match self.kind {
            Kind::Group(children) => {
                let group = command
                    .arg_required_else_help(true)
                    .subcommand_required(true)
                    .disable_help_subcommand(true);
                extend(group, children)
            }
            Kind::Verb { augment, .. } => command.defer(augment),
        }
    }
}

/// `command` with `nodes` below it.
pub fn extend(command: Command, nodes: &[Node]) -> Command {
    command.subcommands(nodes.iter().map(Node::command))
}

/// The verb that `matches` chose among `nodes`.
pub fn find(nodes: &[Node], matches: &ArgMatches) -> Result<Run, Early> {
    let chosen = matches
        .subcommand()
        .and_then(|(name, below)| Some((nodes.iter().find(|node| node.name == name)?, below)));
    match chosen {
        Some((Node { kind: Kind::Group(children), .. }, below)) => find(children, below),
        Some((Node { kind: Kind::Verb { read, .. }, .. }, below)) => {
            read(below).map_err(Early::from)
        }
        None => Err(Early::NoCommand),
    }
}

/// The names of the commands at the beginning of `words`, for "`... --help` shows the flags".
pub fn path<'w>(nodes: &[Node], words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
    let mut path = Vec::new();
    let mut nodes = nodes;
    for word in words {
        match nodes.iter().find(|node| node.name == word) {
            Some(Node { kind: Kind::Group(children), .. }) => nodes = children,
            Some(_) => {
                path.push(word);
                break;
            }
            None => continue,
        }
        path.push(word);
    }
    path
}

fn augment<V: Verb>(command: Command) -> Command {
    // The derive puts the struct's own documentation over what the tree says.
    let about = command.get_about().cloned().unwrap_or_default();
    // As in the official tool, the last of several wins: scripts append to what a variable holds.
    V::augment_args(command).about(about).after_help(V::EXAMPLES).args_override_self(true)
}

fn read<V: Verb>(matches: &ArgMatches) -> Result<Run, clap::Error> {
    let verb = V::from_arg_matches(matches)?;
    let json = verb.json();
    Ok(Box::new(move |app| verb.run(app).map_err(|failure| failure.in_json(json))))
}
