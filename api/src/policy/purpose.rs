//! What rows may be used for, as the policy file explains it. A purpose that nobody explained is none.

/// One purpose, as a token's claim `purpose` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its name: `monitoring`, or `investigation:<number>` for any number.
    pub name: Box<str>,
    /// What the rows are needed for, in words.
    pub why: Box<str>,
    /// The same in Dutch, for a youth who asks who saw its data.
    pub why_nl: Option<Box<str>>,
    /// The law that it rests on, by article.
    pub ground: Box<str>,
    /// How long whoever was shown rows may keep them, in words; none where the policy does not say.
    pub kept: Option<Box<str>>,
}
