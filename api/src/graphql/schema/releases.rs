//! The type of a release, and the list of them.

use async_graphql::dynamic::TypeRef;

use crate::graphql::model::{Model, Object, Resolve, Type};

/// The field of the query.
pub(super) fn root(query: Object) -> Object {
    let doc = "The releases that there are, the newest first, and of one period its last version first: protected tables of closed \
         periods, the same for everyone.";
    query.field("releases", TypeRef::named_nn_list_nn("Release"), Resolve::Releases, doc)
}

pub(super) fn add(model: &mut Model) {
    let release = Object::new(
        "Release",
        "Protected tables of one closed period, made once from all sources and fixed since. No number in them is of fewer \
         than 10 youths; all are multiples of 5, at most 9 beside the true one.",
    );
    let must = |ty: &str| TypeRef::named_nn(ty);
    let id = release.node().field("id", must(TypeRef::ID), Resolve::NodeId, "Opaque id, the same for everyone.");
    let members = [
        ("period", must(TypeRef::STRING), "The quarter or the year: \"2025Q4\", \"2025\"."),
        ("from", must("Date"), "The first day of the period."),
        ("until", must("Date"), "The last day of the period; open rows are counted on it."),
        (
            "version",
            must(TypeRef::INT),
            "Which release of its period it is (versie): 1 for the first, 2 for the first revision (herziening), and so on. \
             All stay as they were made; a period named alone stands for the last.",
        ),
        ("cutOff", must("Date"), "The day from which on it could be made (sluitingsdag)."),
        ("madeAt", must("DateTime"), "When it was made; what came in later is not in it."),
        ("programVersion", must(TypeRef::STRING), "The version of the program that made it."),
        ("datasets", TypeRef::named_nn_list_nn(TypeRef::STRING), "The datasets that it has tables of."),
        ("signature", must(TypeRef::STRING), "The Ed25519 signature over its digest, base64."),
        ("publicKey", TypeRef::named(TypeRef::STRING), "The key that the signature verifies with, base64."),
    ];
    let release = members.into_iter().fold(id, |it, (name, ty, doc)| it.field(name, ty, Resolve::Member(name), doc));
    model.add(Type::Object(release));
}
