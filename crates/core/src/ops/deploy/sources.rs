//! Which code locations are deployed, with which images.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    location::{self, Buildable, Document, LocationError, LocationFlags, SourceFile, Unreadable},
    ops::{Error, context::Build},
    ports::Files,
    written,
};

/// Where location documents are looked for unless a file is named.
const FILES: [&str; 2] = ["build.yaml", "dagster_cloud.yaml"];

/// The longest tag: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>.
const MAX_TAG: usize = 128;

/// Which code locations are deployed, with which images. What is given here wins over the file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema, utoipa::IntoParams),
    into_params(parameter_in = Query)
)]
#[serde(default, deny_unknown_fields)]
pub struct Sources {
    /// The location file; by default `build.yaml` or `dagster_cloud.yaml`, here or at the top of the checkout.
    pub location_file: Option<String>,
    /// The names of the code locations; by default all of the file. In a form, a field for each.
    #[serde(deserialize_with = "written::texts")]
    pub location_name: Vec<String>,
    /// The tag of the images that were built: each location's is `<build.registry>:<tag>`.
    pub image_tag: Option<String>,
    /// An image as `location=reference`, or as `reference` if there is one location only. In a form, a field for each.
    #[serde(deserialize_with = "written::texts")]
    pub image: Vec<String>,
    /// The Python module with the definitions, if there is one location only.
    pub module_name: Option<String>,
    /// The installed Python package with the definitions, if there is one location only.
    pub package_name: Option<String>,
    /// The Python file with the definitions, if there is one location only.
    pub python_file: Option<String>,
    /// The directory for local imports, if there is one location only.
    pub working_directory: Option<String>,
}

impl Sources {
    /// The documents of all locations, for the build whose checkout `path` lies in.
    pub(in crate::ops) fn documents<F: Files>(
        &self,
        files: &F,
        build: &Build,
        path: &str,
    ) -> Result<Vec<Document>, Error> {
        let images = Images::parse(&self.image)?;
        self.check_tag()?;
        let flags = LocationFlags {
            module_name: self.module_name.clone(),
            package_name: self.package_name.clone(),
            python_file: self.python_file.clone(),
            working_directory: self.working_directory.clone(),
            commit_hash: build.context.commit_hash.as_ref().map(|found| found.value.clone()),
            ..LocationFlags::default()
        };
        let documents = match self.read(files, build, path)? {
            Some((name, text)) => {
                let file = SourceFile { name: &name, text: &text };
                location::build_file(file, &self.location_name, |buildable| {
                    let image = images.of(buildable, self.image_tag.as_deref())?;
                    Ok::<_, Error>(LocationFlags { image, ..flags.clone() })
                })?
            }
            None => {
                let [name] = self.location_name.as_slice() else { return Err(nothing_to_deploy()) };
                let image = images.named.get(name).or(images.only.as_ref()).cloned();
                let flags = LocationFlags { location_name: Some(name.clone()), image, ..flags };
                vec![location::single(None, &flags)?]
            }
        };
        self.check_counts(&documents, &images)?;
        Ok(documents)
    }

    /// The location file with its text. Without one the location is described by flags alone.
    fn read<F: Files>(
        &self,
        files: &F,
        build: &Build,
        path: &str,
    ) -> Result<Option<(String, String)>, Error> {
        if let Some(given) = &self.location_file {
            return Ok(Some((given.clone(), location::read(files, given)?)));
        }
        let root = build.context.root.as_ref().map(|found| found.value.as_str());
        let folders = std::iter::once(path).chain(root.filter(|root| *root != path));
        for folder in folders {
            for name in FILES {
                let candidate = format!("{}/{name}", folder.trim_end_matches('/'));
                match location::read(files, &candidate) {
                    Ok(text) => return Ok(Some((candidate, text))),
                    Err(LocationError::Unreadable { reason: Unreadable::Missing, .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        match self.has_code_source() {
            true => Ok(None),
            false => Err(nothing_to_deploy()),
        }
    }

    fn has_code_source(&self) -> bool {
        self.module_name.is_some() || self.package_name.is_some() || self.python_file.is_some()
    }

    fn check_tag(&self) -> Result<(), Error> {
        let Some(tag) = &self.image_tag else { return Ok(()) };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let is_tag = tag.len() <= MAX_TAG
            && tag.chars().all(plain)
            && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        match is_tag {
            true => Ok(()),
            false => Err(Error::input(
                format!("`{tag}` is no tag of an image"),
                "a tag has letters, digits, `_`, `.` and `-`, at most 128 of them: the commit's hash is a good one",
            )),
        }
    }

    fn check_counts(&self, documents: &[Document], images: &Images) -> Result<(), Error> {
        if documents.is_empty() {
            return Err(nothing_to_deploy());
        }
        let known = |name: &String| documents.iter().any(|it| it.location_name == *name);
        if let Some(unknown) = images.named.keys().find(|name| !known(name)) {
            return Err(Error::input(
                format!("--image names the location `{unknown}`, which is not deployed"),
                format!("the locations are {}", listed(documents)),
            ));
        }
        let is_about_one =
            images.only.is_some() || self.has_code_source() || self.working_directory.is_some();
        if documents.len() > 1 && is_about_one {
            return Err(Error::input(
                "what is given fits one location, and several are deployed",
                format!("pass --location-name with one of {}", listed(documents)),
            ));
        }
        Ok(())
    }
}

struct Images {
    named: BTreeMap<String, String>,
    only: Option<String>,
}

impl Images {
    fn parse(given: &[String]) -> Result<Self, Error> {
        let mut images = Self { named: BTreeMap::new(), only: None };
        for image in given {
            let (name, reference) = match image.split_once('=') {
                Some((name, reference)) => (Some(name), reference),
                None => (None, image.as_str()),
            };
            let is_reference = !reference.is_empty() && !reference.contains(char::is_whitespace);
            if !is_reference || name == Some("") {
                return Err(Error::input(
                    format!("`{image}` is no image"),
                    "write it as `location=registry/name:tag`; a part that is empty comes from a step that failed",
                ));
            }
            let before = match name {
                Some(name) => images.named.insert(name.to_owned(), reference.to_owned()),
                None => images.only.replace(reference.to_owned()),
            };
            if before.is_some() {
                return Err(Error::input(
                    format!("a location has two images, the second is `{reference}`"),
                    "pass one --image for each location, as `location=reference`",
                ));
            }
        }
        Ok(images)
    }

    /// The image of a location, if it is another than the file's.
    fn of(&self, location: &Buildable, tag: Option<&str>) -> Result<Option<String>, Error> {
        if let Some(image) = self.named.get(&location.name).or(self.only.as_ref()) {
            return Ok(Some(image.clone()));
        }
        match (&location.registry, tag) {
            (Some(registry), Some(tag)) => Ok(Some(format!("{registry}:{tag}"))),
            _ if location.image.is_some() => Ok(None),
            (Some(_), None) => Err(Error::input(
                format!("the image of the location `{}` is not known", location.name),
                format!("pass --image-tag, or --image {}=REFERENCE", location.name),
            )),
            (None, Some(_)) => Err(Error::input(
                format!(
                    "{}: the location `{}` has no `build.registry` for the image tag",
                    location.at, location.name
                ),
                format!("add one, or pass --image {}=REFERENCE", location.name),
            )),
            // An agent without images, such as the local one.
            (None, None) => Ok(None),
        }
    }
}

fn nothing_to_deploy() -> Error {
    Error::input(
        "there is no code location to deploy: no build.yaml, no dagster_cloud.yaml, no flags",
        "pass --location-file, or --location-name with --module-name and --image",
    )
}

fn listed(documents: &[Document]) -> String {
    let names: Vec<_> = documents.iter().map(|it| format!("`{}`", it.location_name)).collect();
    names.join(", ")
}
