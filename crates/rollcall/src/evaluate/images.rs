//! Which photographs there are, and whose. Must not open them.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rollcall_evaluate::Person;

/// Names of files that are taken for photographs end in one of these.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"];

/// A photograph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Index of the person.
    pub person: usize,
    /// Where it is.
    pub path: PathBuf,
    /// Its name from the folder that was given.
    pub name: String,
}

/// All photographs, by person.
#[derive(Debug, Default)]
pub struct Images {
    pub people: Vec<Person>,
    pub files: Vec<File>,
    /// Files that are no photographs by their name.
    pub n_passed_over: usize,
}

/// Lists the photographs of people who are enrolled, and of strangers, by name.
///
/// Errors: folders that cannot be read, or that hold no folder with a photograph.
pub fn list(people: &Path, strangers: Option<&Path>) -> anyhow::Result<Images> {
    let mut images = Images::default();
    for (is_folder, path) in entries(people)? {
        match is_folder {
            true => images.person(people, &path, false)?,
            false => images.n_passed_over += 1,
        }
    }
    if images.files.is_empty() {
        bail!(
            "`{}` has no folder with photographs in it\nhint: make a folder for each person, with the photographs of that person",
            people.display()
        );
    }
    for (is_folder, path) in strangers.map(entries).transpose()?.unwrap_or_default() {
        let root = strangers.unwrap_or(people);
        match is_folder {
            true => images.person(root, &path, true)?,
            false if is_photograph(&path) => images.add(root, &path, vec![path.clone()], true),
            false => images.n_passed_over += 1,
        }
    }
    Ok(images)
}

impl Images {
    fn person(&mut self, root: &Path, folder: &Path, is_stranger: bool) -> anyhow::Result<()> {
        let (photographs, others): (Vec<_>, Vec<_>) = entries(folder)?
            .into_iter()
            .partition(|(is_folder, path)| !is_folder && is_photograph(path));
        self.n_passed_over += others.len();
        if !photographs.is_empty() {
            let paths = photographs.into_iter().map(|(_, path)| path);
            self.add(root, folder, paths.collect(), is_stranger);
        }
        Ok(())
    }

    fn add(&mut self, root: &Path, of: &Path, paths: Vec<PathBuf>, is_stranger: bool) {
        let person = self.people.len();
        let name = of.file_name().unwrap_or_default().to_string_lossy();
        self.people.push(Person {
            name: name.into_owned(),
            is_stranger,
        });
        let above = root.file_name().unwrap_or_default().to_string_lossy();
        self.files.extend(paths.into_iter().map(|path| {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            File {
                person,
                name: format!("{above}/{name}"),
                path,
            }
        }));
    }
}

fn is_photograph(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Folders and files in a folder, by name.
fn entries(folder: &Path) -> anyhow::Result<Vec<(bool, PathBuf)>> {
    let unreadable = || format!("cannot read the folder `{}`", folder.display());
    let mut entries = std::fs::read_dir(folder)
        .with_context(unreadable)?
        .map(|entry| {
            let path = entry?.path();
            Ok((path.is_dir(), path))
        })
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(unreadable)?;
    entries.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_people_and_loose_files_are_strangers() {
        let root = tempfile::tempdir().unwrap();
        let touch = |path: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"").unwrap();
        };
        for path in [
            "p/b/2.JPG",
            "p/b/1.png",
            "p/b/notes.txt",
            "p/a/x.webp",
            "p/empty/readme",
            "p/loose.jpg",
            "s/1.jpg",
            "s/two/a.jpg",
            "s/two/b.jpg",
            "s/list.csv",
        ] {
            touch(path);
        }
        let images = list(&root.path().join("p"), Some(&root.path().join("s"))).unwrap();
        let people: Vec<_> = images
            .people
            .iter()
            .map(|p| (p.name.as_str(), p.is_stranger))
            .collect();
        assert_eq!(
            people,
            [("a", false), ("b", false), ("1.jpg", true), ("two", true)]
        );
        let files: Vec<_> = images
            .files
            .iter()
            .map(|f| (f.person, f.name.as_str()))
            .collect();
        assert_eq!(
            files,
            [
                (0, "p/a/x.webp"),
                (1, "p/b/1.png"),
                (1, "p/b/2.JPG"),
                (2, "s/1.jpg"),
                (3, "s/two/a.jpg"),
                (3, "s/two/b.jpg")
            ]
        );
        assert_eq!(images.n_passed_over, 4);
        let error = list(&root.path().join("s/two"), None).unwrap_err();
        assert!(
            error.to_string().contains("has no folder with photographs"),
            "{error}"
        );
        let error = list(&root.path().join("nowhere"), None).unwrap_err();
        assert!(
            error.to_string().contains("cannot read the folder"),
            "{error}"
        );
    }
}
