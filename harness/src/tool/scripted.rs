//! The stand-in that answers as a case says, by a list of answers.

use std::io;
use std::path::{Path, PathBuf};

use super::answer::{Answer, StandIn};
use super::log::Logged;
use super::place::FOLDER;
use crate::case::ToolAnswer;

/// A stand-in with its list of answers.
pub(super) struct Scripted {
    answers: Vec<ToolAnswer>,
}

impl Scripted {
    /// Reads the answers of a tool; none where no case has given any.
    ///
    /// # Errors
    /// When the file is no list of answers.
    pub(super) fn read(folder: &Path, tool: &str) -> io::Result<Self> {
        let answers = match std::fs::read(answers_file(folder, tool)) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(_) => Vec::new(),
        };
        Ok(Self { answers })
    }
}

impl StandIn for Scripted {
    /// The first answer that fits the call and is not used up.
    fn answer(&mut self, args: &[String], earlier: &[Logged]) -> io::Result<Option<Answer>> {
        let used = |index| {
            let given = earlier.iter().filter(|it| it.answer == Some(index));
            given.count()
        };
        let fits = |(index, answer): &(usize, &ToolAnswer)| {
            let left = answer
                .times
                .is_none_or(|times| used(*index) < times as usize);
            left && answer.when.iter().all(|word| args.contains(word))
        };
        let first = self.answers.iter().enumerate().find(fits);
        Ok(first.map(|(index, answer)| Answer {
            stdout: answer.stdout.clone(),
            stderr: answer.stderr.clone(),
            exit: answer.exit,
            hangs: answer.hangs,
            index: Some(index),
        }))
    }
}

/// The file in a node that makes the stand-in for a tool answer so, and its content.
///
/// # Errors
/// When the answers cannot be written as JSON.
pub(crate) fn script(
    tool: &str,
    answers: &[ToolAnswer],
) -> Result<(PathBuf, Vec<u8>), serde_json::Error> {
    let file = answers_file(Path::new(FOLDER), tool);
    Ok((file, serde_json::to_vec(answers)?))
}

fn answers_file(folder: &Path, tool: &str) -> PathBuf {
    folder.join(format!("{tool}.answers"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::ToolCall;

    fn answer(when: &[&str], times: Option<u32>) -> ToolAnswer {
        ToolAnswer {
            when: when.iter().map(|&word| word.to_owned()).collect(),
            times,
            stdout: String::new(),
            stderr: String::new(),
            exit: 0,
            hangs: false,
        }
    }

    #[test]
    fn the_first_answer_that_fits_and_is_not_used_up_is_given() {
        let answers = vec![
            answer(&["domstate"], Some(1)),
            answer(&["domstate", "vm1"], None),
        ];
        let mut stand_in = Scripted { answers };
        let mut choose = |args: &[String], earlier: &[Logged]| {
            let answer = stand_in.answer(args, earlier).expect("it needs no file");
            answer.and_then(|answer| answer.index)
        };
        let args = ["domstate".to_owned(), "vm1".to_owned()];
        assert_eq!(choose(&args, &[]), Some(0));
        let call = ToolCall {
            tool: "virsh".into(),
            args: args.to_vec(),
            answered: Some(0),
            uri: None,
        };
        let used = [Logged {
            call,
            answer: Some(0),
        }];
        assert_eq!(choose(&args, &used), Some(1));
        assert_eq!(choose(&["list".to_owned()], &used), None);
    }
}
