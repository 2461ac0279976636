//! Which code locations are deployed, with which images.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    ci::{Found, Hosting},
    location::{self, Buildable, Document, LocationFlags, SourceFile},
    ops::{Error, context::Build},
    ports::Files,
    written,
};

/// The longest tag: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>.
const MAX_TAG: usize = 128;

/// Which code locations are deployed, with which images. What is given here wins over the file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema, utoipa::IntoParams),
    into_params(parameter_in = Query)
)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct Sources {
    /// The location file; by default `build.yaml` or `dagster_cloud.yaml`, or what a dg project or workspace
    /// says, here or at the top of the checkout.
    pub location_file: Option<String>,
    /// The names of the code locations; by default all of the file. In a form, a field for each.
    #[serde(deserialize_with = "written::texts")]
    #[cfg_attr(feature = "typescript", tsify(type = "string | readonly string[]"))]
    pub location_name: Vec<String>,
    /// The tag of the images that were built: each location's is `<build.registry>:<tag>`.
    pub image_tag: Option<String>,
    /// An image as `location=reference`, or as `reference` if there is one location only. In a form, a field for each.
    #[serde(deserialize_with = "written::texts")]
    #[cfg_attr(feature = "typescript", tsify(type = "string | readonly string[]"))]
    pub image: Vec<String>,
    /// The Python module with the definitions, if there is one location only.
    pub module_name: Option<String>,
    /// The installed Python package with the definitions, if there is one location only.
    pub package_name: Option<String>,
    /// The Python file with the definitions, if there is one location only.
    pub python_file: Option<String>,
    /// The directory for local imports, if there is one location only.
    pub working_directory: Option<String>,
    /// A link to the source code; by default the page of the commit, where the repository's host is a known one.
    pub git_url: Option<String>,
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
        let context = &build.context;
        let text = |found: &Option<Found<String>>| found.as_ref().map(|it| it.value.clone());
        let flags = LocationFlags {
            module_name: self.module_name.clone(),
            package_name: self.package_name.clone(),
            python_file: self.python_file.clone(),
            working_directory: self.working_directory.clone(),
            commit_hash: text(&context.commit_hash),
            git_url: self.git_url.clone().or_else(|| text(&context.commit_url)),
            git_provider: build.hosting().and_then(Hosting::provider).map(str::to_owned),
            repo_owner: text(&context.git_repo_owner),
            repo_name: text(&context.git_repo_name),
            base_branch: text(&context.target_branch).or_else(|| text(&context.default_branch)),
            ..LocationFlags::default()
        };
        let root = context.root.as_ref().map(|found| found.value.trim_end_matches('/'));
        let in_checkout =
            |path: &str| Some(path.strip_prefix(root?)?.strip_prefix('/')?.to_owned());
        let documents = match self.locations(files, build, path)? {
            Some(locations) => {
                let document = |location: Buildable| {
                    let image = images.of(&location, self.image_tag.as_deref())?;
                    let defs_base_path = location.components.as_deref().and_then(in_checkout);
                    let flags = LocationFlags { image, defs_base_path, ..flags.clone() };
                    Ok(location.document(&flags)?)
                };
                locations.into_iter().map(document).collect::<Result<_, Error>>()?
            }
            None => {
                let [name] = self.location_name.as_slice() else { return Err(nothing_to_deploy()) };
                let image = images.named.get(name).or(images.only.as_ref()).cloned();
                let flags = LocationFlags { location_name: Some(name.clone()), image, ..flags };
                vec![location::single(None, &flags)?]
            }
        };
        self.check_counts(&documents, &images)?;
        documents.iter().try_for_each(|document| self.check_code_source(document))?;
        Ok(documents)
    }

    /// The locations of a file, or of a dg project. Without one the location is described by flags alone.
    fn locations<F: Files>(
        &self,
        files: &F,
        build: &Build,
        path: &str,
    ) -> Result<Option<Vec<Buildable>>, Error> {
        let chosen = &self.location_name;
        if let Some(name) = &self.location_file {
            let text = location::read(files, name)?;
            return Ok(Some(location::build_file(SourceFile { name, text: &text }, chosen)?));
        }
        let root = build.context.root.as_ref().map(|found| found.value.as_str());
        let folders = std::iter::once(path).chain(root.filter(|root| *root != path));
        match location::discover(files, folders, chosen)? {
            None if !self.has_code_source() => Err(nothing_to_deploy()),
            found => Ok(found),
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

    /// Dagster+ takes one kind of code source, and would say so after the branch deployment is brought up to date.
    fn check_code_source(&self, document: &Document) -> Result<(), Error> {
        let flags = [
            ("module_name", "--module-name", &self.module_name),
            ("package_name", "--package-name", &self.package_name),
            ("python_file", "--python-file", &self.python_file),
        ];
        let said = |key: &String| {
            let flag = flags.iter().find(|(field, _, given)| field == key && given.is_some());
            flag.map_or_else(|| format!("`code_source.{key}`"), |(_, flag, _)| (*flag).to_owned())
        };
        let source = document.value.get("code_source").and_then(Value::as_object);
        let set = source.into_iter().flatten().filter(|(_, value)| !value.is_null());
        let set: Vec<String> = set.map(|(key, _)| said(key)).collect();
        match set.as_slice() {
            [] | [_] => Ok(()),
            several => Err(Error::input(
                format!(
                    "the location `{}` has more than one code source: {}",
                    document.location_name,
                    several.join(", ")
                ),
                "leave all but one of them out",
            )),
        }
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
        "there is no code location to deploy: no build.yaml, no dagster_cloud.yaml, no dg project, no flags",
        "pass --location-file, or --location-name with --module-name and --image",
    )
}

fn listed(documents: &[Document]) -> String {
    let names: Vec<_> = documents.iter().map(|it| format!("`{}`", it.location_name)).collect();
    names.join(", ")
}
