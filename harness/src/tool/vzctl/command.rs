//! The commands that the stand-in knows: those that agents call.

use super::container::{Container, Kernel};
use super::failed::{BAD_VALUE, Failed, SYNTAX, failed};
use super::lock::lock;
use super::{checkpoint, life};

/// Carries out a call by its words: options of all commands, the command, the container's number, the command's options.
pub(super) fn carry_out(words: &[String]) -> Result<(), Failed> {
    let of_all = ["--quiet", "--verbose"];
    let mut words = words.iter().map(String::as_str);
    let command = words.find(|word| !of_all.contains(word));
    let (Some(command), Some(id)) = (command, words.next()) else {
        return failed(
            SYNTAX,
            "Usage: vzctl [options] <command> <ctid> [parameters]",
        );
    };
    let Ok(id) = id.parse() else {
        return failed(BAD_VALUE, format!("Bad CT ID {id}"));
    };
    let options: Vec<&str> = words.collect();
    let knows = |known: &[&str]| match options.iter().find(|option| !known.contains(option)) {
        Some(other) => failed(SYNTAX, format!("Invalid options: {other}")),
        None => Ok(()),
    };
    match command {
        "status" => knows(&[]).and_then(|()| life::status(&Kernel::open()?, id)),
        "start" => knows(&["--wait", "--force"]).and_then(|()| alone(id, life::start)),
        "stop" => {
            knows(&["--fast", "--skip-umount"])?;
            alone(id, |container| {
                life::stop(container, options.contains(&"--fast"))
            })
        }
        "chkpnt" => knows(&[]).and_then(|()| alone(id, checkpoint::checkpoint)),
        "restore" => knows(&[]).and_then(|()| alone(id, checkpoint::restore)),
        other => failed(SYNTAX, format!("Bad command: {other}")),
    }
}

/// Does something with a container that no other call has locked.
fn alone(id: u32, act: impl FnOnce(&Container<'_>) -> Result<(), Failed>) -> Result<(), Failed> {
    let kernel = Kernel::open()?;
    let container = kernel.container(id)?;
    let _locked = lock(id)?;
    act(&container)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_wrong_are_refused_before_anything_is_asked() {
        let code = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            carry_out(&words).map_err(|failed| failed.code)
        };
        assert_eq!(code(""), Err(SYNTAX));
        assert_eq!(code("status"), Err(SYNTAX));
        assert_eq!(code("pause 101"), Err(SYNTAX));
        assert_eq!(code("--quiet status 101 --fast"), Err(SYNTAX));
        assert_eq!(code("stop vm1"), Err(BAD_VALUE));
    }
}
