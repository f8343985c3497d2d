//! The forms of the domain's configuration file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the domain's configuration file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfigForm {
    /// As `virsh dumpxml` writes it of a running domain: indented, `<name>` alone on its line, with its id, aliases,
    /// addresses and a label.
    #[default]
    Plain,
    /// The whole document on one line.
    OneLine,
    /// A comment follows `</name>` on its line.
    Commented,
    /// A `<name>` of something else stands in `<metadata>`, on a line of its own.
    SecondName,
    /// The file's path has a space in it.
    SpacedPath,
    /// The file's path has dots before its last component.
    DottedPath,
    /// The file is not there.
    Missing,
    /// The file is there, but is empty.
    Empty,
    /// The file ends in the middle.
    Truncated,
    /// The file is there, but cannot be read.
    Unreadable,
    /// The file names a disk that is not there.
    MissingDisk,
    /// The domain's name is the number that is the bystander's libvirt id.
    NameIsId,
    /// The domain's name is the bystander's UUID.
    NameIsUuid,
    /// The file lies where libvirt keeps its own, under the name that libvirt would give it.
    InLibvirt,
    /// The file names a network that is not there.
    MissingNetwork,
    /// The file has the password of a console in it, and none but its owner may read it.
    Secret,
    /// The file gives no UUID, so its name alone says which guest is meant. Only for a guest that was started by hand, which
    /// has the suite's UUID all the same: the witness would not know the one that a start makes up.
    NoUuid,
    /// The file's lines end as on Windows.
    Crlf,
    /// The file begins with a byte order mark and a declaration.
    Bom,
    /// The name is a CDATA section, with a comment beside it.
    Cdata,
    /// The name is an entity that the file declares.
    Entity,
    /// A commented-out definition, with a name and a UUID, stands before the domain.
    CommentedOut,
    /// A metadata element with a name, a UUID and a namespace of its own stands before the domain's name.
    MetadataFirst,
    /// The file's own name has nothing to do with the guest's.
    OtherFileName,
    /// The file's path has spaces and dots in it, and its own name has nothing to do with the guest's; it begins with a byte
    /// order mark and a declaration, and a metadata element with a name of its own stands before the domain's name.
    Mixed,
    /// The guest's name has blanks within it and around it.
    BlankName,
    /// The guest's name has quotes, a dollar sign and an ampersand in it.
    QuotedName,
    /// The guest's name looks like an option of a program.
    DashedName,
    /// The guest's name has letters that are not ASCII.
    UnicodeName,
    /// The firmware is a flash device whose variables are in a file of their own, as with UEFI.
    Nvram,
}

impl ConfigForm {
    /// Whether only a file that libvirt reads can have it: XML, or what no other tool knows.
    #[must_use]
    pub const fn is_of_libvirt(self) -> bool {
        match self {
            Self::MissingNetwork
            | Self::NameIsUuid
            | Self::InLibvirt
            | Self::Crlf
            | Self::Bom
            | Self::Cdata
            | Self::Entity
            | Self::MetadataFirst
            | Self::Mixed
            | Self::Nvram => true,
            Self::Plain
            | Self::OneLine
            | Self::Commented
            | Self::SecondName
            | Self::SpacedPath
            | Self::DottedPath
            | Self::Missing
            | Self::Empty
            | Self::Truncated
            | Self::Unreadable
            | Self::MissingDisk
            | Self::NameIsId
            | Self::Secret
            | Self::NoUuid
            | Self::CommentedOut
            | Self::OtherFileName
            | Self::BlankName
            | Self::QuotedName
            | Self::DashedName
            | Self::UnicodeName => false,
        }
    }

    /// Whether no guest can be started from a file in that form, whoever reads it.
    #[must_use]
    pub const fn is_broken(self) -> bool {
        matches!(
            self,
            Self::Missing | Self::Empty | Self::Truncated | Self::Unreadable | Self::MissingDisk
        )
    }
}
