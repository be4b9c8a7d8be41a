//! Which bronze files are taken together.

use weir_tables::{DataFile, LakeTable, Number};

/// Bronze files that become one commit.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) files: Vec<DataFile>,
    pub(crate) number: Number,
}

/// Groups of at most about `most_rows` rows, in order of bronze versions.
///
/// If the log no longer reaches back to `processed`, all of bronze is looked at once more; what silver holds is passed
/// over, and the version counts with the last group.
pub(crate) async fn groups(bronze: &LakeTable, processed: u64, most_rows: u64) -> anyhow::Result<Vec<Group>> {
    if processed >= bronze.version() {
        return Ok(Vec::new());
    }
    let newest = Number::Next(i64::try_from(bronze.version())?);
    let Some(versions) = bronze.added_since(processed).await? else {
        let files = bronze.files()?.into_iter().map(|file| (Number::Unchanged, vec![file]));
        let mut all = joined(files, most_rows);
        if let Some(last) = all.last_mut() {
            last.number = newest;
        }
        return Ok(all);
    };
    let mut numbered = Vec::new();
    for (version, files) in versions {
        numbered.push((Number::Next(i64::try_from(version)?), files));
    }
    Ok(joined(numbered.into_iter(), most_rows))
}

fn joined(parts: impl Iterator<Item = (Number, Vec<DataFile>)>, most_rows: u64) -> Vec<Group> {
    let mut groups = Vec::<Group>::new();
    let rows = |files: &[DataFile]| files.iter().filter_map(|file| file.rows).sum::<u64>();
    for (number, files) in parts.filter(|(_, files)| !files.is_empty()) {
        match groups.last_mut() {
            Some(last) if rows(&last.files) + rows(&files) <= most_rows => {
                last.files.extend(files);
                last.number = number;
            }
            _ => groups.push(Group { files, number }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: u64) -> DataFile {
        DataFile { path: rows.to_string(), partition: None, rows: Some(rows), size_bytes: 1 }
    }

    #[test]
    fn versions_are_joined_up_to_the_limit_and_never_split() {
        let parts =
            [(1, vec![file(60)]), (2, vec![file(40)]), (3, vec![]), (4, vec![file(500)]), (5, vec![file(1)])];
        let parts = parts.into_iter().map(|(version, files)| (Number::Next(version), files));
        let made = joined(parts, 100).into_iter().map(|group| (group.number, group.files.len()));
        assert_eq!(
            made.collect::<Vec<_>>(),
            [(Number::Next(2), 2), (Number::Next(4), 1), (Number::Next(5), 1),]
        );
    }
}
