use super::answer::Failed;

/// The words of a call after its command: options anywhere before `--`, as getopt(3) sorts them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// Each with its value, where it takes one.
    options: Vec<(String, Option<String>)>,
    /// What is no option.
    pub(super) rest: Vec<String>,
}

impl Words {
    /// Sorts the words. Each of `known` is an option; one that ends with `=` takes the next word.
    pub(super) fn sort(command: &str, words: &[String], known: &[&str]) -> Result<Self, Failed> {
        let (mut options, mut rest) = (Vec::new(), Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                rest.extend(words.by_ref().cloned());
            } else if known.contains(&word.as_str()) {
                options.push((word.clone(), None));
            } else if known.contains(&format!("{word}=").as_str()) {
                let value = words.next().ok_or_else(|| usage(command))?;
                options.push((word.clone(), Some(value.clone())));
            } else if word.starts_with('-') && word.len() > 1 {
                return Err(Failed::because(format!("option not supported: {word}")));
            } else {
                rest.push(word.clone());
            }
        }
        Ok(Self { options, rest })
    }

    /// Whether one of these options was given.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.options
            .iter()
            .any(|(own, _)| options.contains(&own.as_str()))
    }

    /// The value that an option was given last.
    pub(super) fn value(&self, option: &str) -> Option<&str> {
        let mut given = self.options.iter().rev();
        given
            .find(|(own, _)| own == option)
            .and_then(|(_, value)| value.as_deref())
    }

    /// So many words that are no options, or a usage error.
    pub(super) fn exactly<const COUNT: usize>(
        &self,
        command: &str,
    ) -> Result<[&str; COUNT], Failed> {
        let words: Vec<&str> = self.rest.iter().map(String::as_str).collect();
        words.try_into().map_err(|_| usage(command))
    }
}

/// What is printed for words that a command does not take.
pub(super) fn usage(command: &str) -> Failed {
    Failed::because(format!(
        "'xl {command}' requires other arguments.\nUsage: see 'xl help'"
    ))
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn options_stand_anywhere_and_end_with_two_dashes() {
        let sort = |text| Words::sort("x", &words(text), &["-a", "-s="]);
        let sorted = sort("one -a two -s ssh -- -b").expect("they are known");
        assert!(sorted.has(&["-a"]));
        assert_eq!(sorted.value("-s"), Some("ssh"));
        assert_eq!(sorted.rest, ["one", "two", "-b"]);
        assert!(sort("one -b").is_err());
        assert!(sort("one -s").is_err());
    }
}
