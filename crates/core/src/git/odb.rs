//! The object database: loose objects, packs, and those of the repositories it borrows from.
//!
//! Every object is verified against its id. A copy that is damaged is passed over as long as there is another,
//! as git does. A multi-pack-index is ignored: git keeps the indexes of the single packs beside it.

use std::{collections::BTreeSet, rc::Rc};

use gix_hash::{Kind, oid};

use super::{
    alternates::Alternates,
    error::GitError,
    object::{self, Budget, Object},
    pack::{Base, Pack, Stored},
    path,
    source::Source,
};
use crate::ports::Files;

/// The longest chain of deltas. git makes none above 4,095 (`pack.depth`).
const MAX_CHAIN: usize = 4096;

/// The objects of a repository and of its alternates.
pub(super) struct Odb<'a, F: Files> {
    files: &'a F,
    hash: Kind,
    alternates: Alternates<'a, F>,
    /// Those that a search has come to so far.
    stores: Vec<Store<F>>,
}

/// One object directory.
struct Store<F: Files> {
    dir: String,
    /// `None` until a search comes to them.
    packs: Option<Vec<Slot<F>>>,
}

struct Slot<F: Files> {
    /// The path without `.idx` and `.pack`.
    stem: String,
    /// Stays open once something was found in it, because deltas lead back into it. Others are closed: there may be
    /// more packs than a process may have files.
    open: Option<Rc<Pack<F::File>>>,
}

/// Where a copy of an object is.
enum Place<F> {
    Loose(Source<F>),
    Packed(Rc<Pack<F>>, u64),
}

/// Where a search goes on.
#[derive(Default)]
struct Cursor {
    store: usize,
    /// 0 for the loose objects of the store, then one for each pack.
    step: usize,
}

impl<'a, F: Files> Odb<'a, F> {
    /// The objects in the directory `objects` and in its alternates.
    pub(super) fn new(
        files: &'a F,
        hash: Kind,
        objects: &str,
        alternates: Alternates<'a, F>,
    ) -> Self {
        let store = Store { dir: objects.to_owned(), packs: None };
        Self { files, hash, alternates, stores: vec![store] }
    }

    /// The object `id`, verified.
    pub(super) fn read(&mut self, id: &oid) -> Result<Object, GitError> {
        let mut cursor = Cursor::default();
        let mut first_error = None;
        loop {
            match self.next_copy(id, &mut cursor) {
                Ok(Some(object)) => return Ok(object),
                Ok(None) => return Err(first_error.unwrap_or_else(|| self.missing(id))),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
    }

    /// The next copy of the object `id`. After an error, the next call goes on behind what caused it.
    fn next_copy(&mut self, id: &oid, cursor: &mut Cursor) -> Result<Option<Object>, GitError> {
        let Some(place) = self.next_place(id, cursor)? else { return Ok(None) };
        let path = match &place {
            Place::Loose(source) => source.path().to_owned(),
            Place::Packed(pack, _) => pack.path().to_owned(),
        };
        let object = self.make(place)?;
        if !object.has_id(id) {
            let reason = format!("what it holds as `{id}` is another object");
            return Err(GitError::damaged(path, reason));
        }
        Ok(Some(object))
    }

    /// The object at `place`. Its chain of deltas is walked down to a whole object, then the deltas are applied
    /// upwards.
    fn make(&mut self, mut place: Place<F::File>) -> Result<Object, GitError> {
        let mut budget = Budget::new();
        let mut seen = BTreeSet::new();
        let mut deltas = Vec::new();
        let mut object = loop {
            let (pack, offset) = match place {
                Place::Loose(source) => break object::read_loose(&source, &mut budget)?,
                Place::Packed(pack, offset) => (pack, offset),
            };
            if !seen.insert((pack.path().to_owned(), offset)) {
                return Err(GitError::damaged(pack.path(), "its deltas run in a circle"));
            }
            match pack.read(offset, &mut budget)? {
                Stored::Whole(object) => break object,
                Stored::Delta { base, delta } => {
                    if deltas.len() == MAX_CHAIN {
                        let (path, size, limit) =
                            (pack.path().to_owned(), MAX_CHAIN as u64 + 1, MAX_CHAIN as u64);
                        return Err(GitError::Limit {
                            path,
                            what: "deltas in a chain",
                            size,
                            limit,
                        });
                    }
                    deltas.push((delta, Rc::clone(&pack)));
                    place = match base {
                        Base::Offset(offset) => Place::Packed(pack, offset),
                        Base::Id(base) => self.find_base(&base, pack)?,
                    };
                }
            }
        };
        while let Some((delta, pack)) = deltas.pop() {
            object.data = pack.apply(&object.data, &delta, &mut budget)?;
        }
        Ok(object)
    }

    /// The place of a delta's base: as a rule in the same pack, else anywhere.
    fn find_base(&mut self, id: &oid, pack: Rc<Pack<F::File>>) -> Result<Place<F::File>, GitError> {
        match pack.find(id)? {
            Some(offset) => Ok(Place::Packed(pack, offset)),
            None => self.next_place(id, &mut Cursor::default())?.ok_or_else(|| self.missing(id)),
        }
    }

    /// The next place that says it holds `id`. After an error, the next call goes on behind what caused it.
    fn next_place(
        &mut self,
        id: &oid,
        cursor: &mut Cursor,
    ) -> Result<Option<Place<F::File>>, GitError> {
        loop {
            let Some(store) = self.stores.get_mut(cursor.store) else {
                match self.alternates.next()? {
                    Some(dir) => self.stores.push(Store { dir, packs: None }),
                    None => return Ok(None),
                }
                continue;
            };
            let step = cursor.step;
            cursor.step += 1;
            let found = match step.checked_sub(1) {
                None => Source::open(self.files, &store.loose(id))?.map(Place::Loose),
                Some(number) => match store.packs(self.files)?.get_mut(number) {
                    Some(slot) => slot.find(self.files, self.hash, id)?,
                    None => {
                        *cursor = Cursor { store: cursor.store + 1, step: 0 };
                        None
                    }
                },
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn missing(&self, id: &oid) -> GitError {
        let path = self.stores.first().map(|store| store.dir.clone()).unwrap_or_default();
        GitError::Missing { id: id.to_string(), path }
    }
}

impl<F: Files> Store<F> {
    /// The path of a loose object.
    fn loose(&self, id: &oid) -> String {
        let hex = id.to_string();
        let (first, rest) = hex.split_at_checked(2).unwrap_or_default();
        path::join(&self.dir, &format!("{first}/{rest}"))
    }

    fn packs(&mut self, files: &F) -> Result<&mut Vec<Slot<F>>, GitError> {
        if self.packs.is_none() {
            let dir = path::join(&self.dir, "pack");
            let names =
                files.list_dir(&dir).map_err(|source| GitError::unreadable(&dir, source))?;
            // In order, because that of a directory differs from system to system.
            let mut stems = BTreeSet::new();
            stems.extend(
                names
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|name| Some(path::join(&dir, name.strip_suffix(".idx")?))),
            );
            self.packs = Some(stems.into_iter().map(|stem| Slot { stem, open: None }).collect());
        }
        Ok(self.packs.get_or_insert_default())
    }
}

impl<F: Files> Slot<F> {
    fn find(
        &mut self,
        files: &F,
        hash: Kind,
        id: &oid,
    ) -> Result<Option<Place<F::File>>, GitError> {
        let pack = match &self.open {
            Some(pack) => Rc::clone(pack),
            None => match Pack::open(files, &self.stem, hash)? {
                Some(pack) => Rc::new(pack),
                None => return Ok(None),
            },
        };
        let offset = pack.find(id)?;
        if offset.is_some() {
            self.open = Some(Rc::clone(&pack));
        }
        Ok(offset.map(|offset| Place::Packed(pack, offset)))
    }
}
