//! Who asked is told apart, and believed only as far as it is proved: by the token's issuer, by keys and certificates that
//! tokens are bound to, and by what issuers say now.

mod said;
