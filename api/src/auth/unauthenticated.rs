//! Why a token is refused, in a sentence for whoever sent it and a word for whoever counts. Knows no token.

/// Why a token is refused. Says what is wrong with it, and nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// The header has another form.
    #[error("the Authorization header is not of the form `Bearer TOKEN`")]
    NoBearer,
    /// Longer than 8 kB.
    #[error("the token is longer than 8 kB")]
    TooLong,
    /// Not three parts of base64url with JSON in them, or of an algorithm that nobody uses (`none`).
    #[error("the token cannot be read as a signed JSON Web Token")]
    Unreadable,
    /// The header says where a key is to be found, or asks for what is not understood here.
    #[error("the token's header holds `{0}`, which is not accepted")]
    Header(&'static str),
    /// Another algorithm than the issuer's key is for.
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// The signature is of another key or of another token.
    #[error("the token's signature does not match")]
    Signature,
    /// The issuer shows no key of that name; perhaps not yet, as far as is known here.
    #[error("the token names a key that its issuer does not show")]
    UnknownKey,
    /// No key is named, and there are several that it could be.
    #[error("the token does not name the key that it is signed with")]
    Unnamed,
    /// The issuer's keys could not be asked for: nothing is wrong with the token, as far as is known.
    #[error("the keys of the token's issuer are not available now")]
    Unavailable,
    /// A claim is not there, or not of its form.
    #[error("the token has no usable claim `{0}`")]
    Claim(&'static str),
    /// Another `iss`.
    #[error("the token is of another issuer")]
    Issuer,
    /// Another `aud`.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is still to come.
    #[error("the token is not valid yet")]
    NotYet,
    /// Longer from `iat` to `exp` than tokens of its issuer may live.
    #[error("the token lives longer than it may")]
    Lifetime,
    /// Another program asked for it.
    #[error("the token was made for a client that is not accepted")]
    Client,
    /// Whoever shows it has to prove that it is theirs, and has not.
    #[error("the token is bound to a key or a certificate (`cnf`), and the request does not prove that it has it")]
    Bound,
    /// The proof is missing, was shown before, or is of another key, token or request.
    #[error("the request does not prove (DPoP) that the token is its own")]
    Proof,
    /// Its key has shown as many proofs as are taken.
    #[error("more proofs (DPoP) of one key were shown within a minute than are taken")]
    Proofs,
    /// Nobody could tell whom a proof is for.
    #[error("no proof (DPoP) is taken here: the configuration says no public origin of this gateway")]
    NoOrigin,
    /// More than one role.
    #[error("the token has more than one role")]
    Roles,
    /// A role that its issuer may not give.
    #[error("the token's issuer may not give its role")]
    RoleOfIssuer,
    /// The policy has no such role, or nobody needs a token for it.
    #[error("the token's role is not one that tokens are for")]
    Role,
    /// The policy does not allow the role this purpose.
    #[error("the token's purpose is not one that the policy allows its role")]
    Purpose,
    /// The policy asks for two factors.
    #[error("the token's claim `acr` does not say what the policy asks of its role")]
    Acr,
}

impl Unauthenticated {
    /// May it be another matter once the issuer was asked for its keys again?
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::UnknownKey | Self::Unavailable)
    }

    /// One word for it, for measures: one of few, whatever stands in a token.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoBearer => "no_bearer",
            Self::TooLong => "too_long",
            Self::Unreadable => "unreadable",
            Self::Header(_) => "header",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::UnknownKey => "unknown_key",
            Self::Unnamed => "unnamed_key",
            Self::Unavailable => "unavailable",
            Self::Claim(_) => "claim",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Lifetime => "lifetime",
            Self::Client => "client",
            Self::Bound => "bound",
            Self::Proof => "proof",
            Self::Proofs => "too_many_proofs",
            Self::NoOrigin => "no_origin",
            Self::Roles => "roles",
            Self::RoleOfIssuer => "role_of_issuer",
            Self::Role => "role",
            Self::Purpose => "purpose",
            Self::Acr => "acr",
        }
    }

    /// The value of the response header `WWW-Authenticate`.
    #[must_use]
    pub fn challenge(&self) -> String {
        format!("Bearer realm=\"regiograph\", error=\"invalid_token\", error_description=\"{self}\"").replace('`', "'")
    }
}
