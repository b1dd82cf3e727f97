//! The types that every schema has: scalars, Relay's, sources, viewer, code lists, youth.

use async_graphql::dynamic::TypeRef;
use indexmap::IndexMap;

use super::{Visible, inputs, links};
use crate::{
    graphql::model::{Enum, Input, InputValue, Model, Object, Resolve, Scalar, Type},
    quality,
};

pub(super) fn add(model: &mut Model, visible: &Visible) {
    scalars(model);
    enums(model);
    filters(model, visible);
    relay(model);
    sources(model);
    viewer(model);
    grants(model);
    code_lists(model);
    if visible.youths() {
        model.add(Type::Object(youth(visible)));
    }
}

fn scalars(model: &mut Model) {
    model.add(Type::Scalar(Scalar {
        name: "Date".to_owned(),
        doc: "A calendar day in Amsterdam, such as \"2025-01-31\"; where you are shown months only, the month's first day.".to_owned(),
        specified_by: Some("https://scalars.graphql.org/andimarek/local-date.html".to_owned()),
    }));
    model.add(Type::Scalar(Scalar {
        name: "DateTime".to_owned(),
        doc: "A moment in UTC, such as \"2025-01-31T12:00:00.000Z\".".to_owned(),
        specified_by: Some("https://scalars.graphql.org/andimarek/date-time.html".to_owned()),
    }));
}

fn enums(model: &mut Model) {
    let mut add = |name: &str, doc: &str, values: &[(&str, &str)]| {
        let values: IndexMap<_, _> =
            values.iter().map(|(value, doc)| ((*value).to_owned(), (*doc).to_owned())).collect();
        model.add(Type::Enum(Enum { name: name.to_owned(), doc: doc.to_owned(), values }));
    };
    add("Direction", "Which way an order runs.", &[("ASC", "Lowest first."), ("DESC", "Highest first.")]);
    add(
        "SourceStatus",
        "How a source answered.",
        &[
            ("ANSWERED", "Within its deadline."),
            ("STALE", "With rows as they were at `asOf`."),
            ("TIMED_OUT", "Not within its deadline."),
            ("UNREACHABLE", "It could not be opened or reached."),
            ("DRIFTED", "It lacks a table or column of the contract."),
            ("MALFORMED", "It answered what cannot be read."),
            ("MISSED", "Not on an earlier page of this list, so that its rows are missing from the whole."),
        ],
    );
    add(
        "SourceFailure",
        "What to do when a source does not answer.",
        &[
            ("PARTIAL", "Give the rows of the others, and say so in `completeness`."),
            ("FAIL", "Give an error in place of the list."),
        ],
    );
    add(
        "HolderKind",
        "Who holds a source.",
        &[
            ("REGION", "A region (Dutch: jeugdhulpregio), or its expert team."),
            ("PROVIDER", "A provider of youth care (Dutch: jeugdhulpaanbieder)."),
            ("PARTNERSHIP", "An education partnership (Dutch: samenwerkingsverband)."),
            ("NETWORK", "An expertise network (Dutch: expertisenetwerk)."),
        ],
    );
    add(
        "Tier",
        "How telling a field is about a person.",
        &[
            ("OPEN", "Says nothing about a person."),
            ("INDIRECT", "May help to recognise someone."),
            ("PSEUDONYMOUS", "The youth's pseudonym."),
            ("SENSITIVE", "Free text, health and safety."),
        ],
    );
    let rules = quality::Rule::ALL.map(|(rule, doc)| (rule.name(), doc));
    add("QualityRule", "What rows are to keep to; whoever breaks it is shown all the same.", &rules);
    add("Language", "The language of a label.", &[("NL", "Dutch."), ("EN", "English.")]);
}

fn filters(model: &mut Model, visible: &Visible) {
    for (name, value) in [("BooleanFilter", TypeRef::BOOLEAN), ("IDFilter", TypeRef::ID)] {
        model.add(Type::Input(inputs::equality(name, value)));
    }
    for (name, value) in [("IntFilter", TypeRef::INT), ("FloatFilter", TypeRef::FLOAT), ("DateFilter", "Date")] {
        model.add(Type::Input(inputs::comparison(name, value)));
    }
    let text = |name, doc| InputValue::new(name, TypeRef::named(TypeRef::STRING), doc);
    let string = inputs::comparison("StringFilter", TypeRef::STRING)
        .field(text("contains", "Holds this text, case-sensitive."))
        .field(text("startsWith", "Starts with this text, case-sensitive."));
    model.add(Type::Input(string));
    let source = Input::new("SourceFilter", "A condition on the source that holds the row.").field(InputValue::new(
        "name",
        TypeRef::named("SourceNameFilter"),
        "Its name.",
    ));
    model.add(Type::Input(source));
    let list = || TypeRef::named_nn_list(TypeRef::STRING);
    let source_name = Input::new("SourceNameFilter", "A condition on a source's name.")
        .field(text("eq", "This one."))
        .field(text("ne", "Not this one."))
        .field(InputValue::new("in", list(), "One of these."))
        .field(InputValue::new("notIn", list(), "None of these."));
    model.add(Type::Input(source_name));
    if visible.youths() {
        let youth = Input::new("YouthFilter", "A condition on the youth that a row is about.").field(InputValue::new(
            "pseudonym",
            TypeRef::named("IDFilter"),
            "Its pseudonym, as you were given it.",
        ));
        model.add(Type::Input(youth));
    }
}

fn relay(model: &mut Model) {
    let id = TypeRef::named_nn(TypeRef::ID);
    let node = Object::new("Node", "Anything with an id by which `node` finds it again.");
    model.add(Type::Interface(node.field("id", id, Resolve::NodeId, "Opaque id, stable over time.")));
    let truth = || TypeRef::named_nn(TypeRef::BOOLEAN);
    let cursor = || TypeRef::named(TypeRef::STRING);
    let info = Object::new("PageInfo", "Where a page begins and ends.")
        .field("hasNextPage", truth(), Resolve::Member("hasNextPage"), "Are there rows after the page?")
        .field("hasPreviousPage", truth(), Resolve::Member("hasPreviousPage"), "Are there rows before the page?")
        .field(
            "startCursor",
            cursor(),
            Resolve::Member("startCursor"),
            "The cursor of the first row; null on an empty page.",
        )
        .field(
            "endCursor",
            cursor(),
            Resolve::Member("endCursor"),
            "The cursor of the last row; null on an empty page.",
        );
    model.add(Type::Object(info));
}

fn sources(model: &mut Model) {
    let text = || TypeRef::named_nn(TypeRef::STRING);
    let link = |object: Object, name: &'static str, target: &'static str| {
        let doc = format!("The {target} that holds it; null where another kind of holder does.");
        object.field(name, TypeRef::named(target), Resolve::MemberLink(name, target), doc)
    };
    let mut source = Object::new("Source", "A data source of one holder (Dutch: bron).")
        .node()
        .field("id", TypeRef::named_nn(TypeRef::ID), Resolve::NodeId, "Opaque id, the same for everyone.")
        .field("name", text(), Resolve::Member("name"), "Its configured name; breaks ties in the order of rows.")
        .field(
            "holderKind",
            TypeRef::named_nn("HolderKind"),
            Resolve::Member("holderKind"),
            "What kind of holder it has.",
        )
        .field("holder", text(), Resolve::Member("holder"), "The holder's code.");
    for (name, target) in [
        ("region", "Region"),
        ("provider", "Provider"),
        ("partnership", "Partnership"),
        ("network", "ExpertiseNetwork"),
    ] {
        source = link(source, name, target);
    }
    let datasets = || TypeRef::named_nn_list_nn(TypeRef::STRING);
    let doc = "The datasets of which it may hold rows for you.";
    source = source.field("datasets", datasets(), Resolve::Member("datasets"), doc);
    let doc = "The datasets of which it may hold rows that your exact tables are made of.";
    model.add(Type::Object(source.field("tables", datasets(), Resolve::Member("tables"), doc)));
    let answer = Object::new("SourceAnswer", "How one source answered.")
        .field("source", TypeRef::named_nn("Source"), Resolve::Member("source"), "The source.")
        .field("status", TypeRef::named_nn("SourceStatus"), Resolve::Member("status"), "How it answered.")
        .field(
            "asOf",
            TypeRef::named("DateTime"),
            Resolve::Member("asOf"),
            "When stale rows were read; null otherwise.",
        )
        .field(
            "reason",
            TypeRef::named(TypeRef::STRING),
            Resolve::Member("reason"),
            "Why it did not answer; null if it did.",
        );
    model.add(Type::Object(answer));
    let complete = TypeRef::named_nn(TypeRef::BOOLEAN);
    let completeness = Object::new("Completeness", "Which sources an answer holds.")
        .field(
            "complete",
            complete,
            Resolve::Member("complete"),
            "Did every source that was asked answer, on all pages so far?",
        )
        .field(
            "sources",
            TypeRef::named_nn_list_nn("SourceAnswer"),
            Resolve::Member("sources"),
            "The sources that were asked.",
        );
    model.add(Type::Object(completeness));
}

fn viewer(model: &mut Model) {
    let text = || TypeRef::named(TypeRef::STRING);
    let must = || TypeRef::named_nn(TypeRef::STRING);
    let viewer = Object::new("Viewer", "Who you are here.")
        .field("role", must(), Resolve::Member("role"), "Your role in the policy.")
        .field("organisation", text(), Resolve::Member("organisation"), "Your organisation; null for the public.")
        .field("scope", text(), Resolve::Member("scope"), "The code your role is limited to; null where it has none.")
        .field(
            "purpose",
            text(),
            Resolve::Member("purpose"),
            "What you use the rows for; null for the public (Dutch: doel).",
        )
        .field(
            "demonstration",
            TypeRef::named_nn(TypeRef::BOOLEAN),
            Resolve::Member("demonstration"),
            "Are all rows about youths made up?",
        )
        .field("policyVersion", must(), Resolve::Member("policyVersion"), "The version of the policy that grants this.")
        .field("grants", TypeRef::named_nn_list_nn("ViewerGrant"), Resolve::Member("grants"), "What you may see.");
    model.add(Type::Object(viewer));
}

fn grants(model: &mut Model) {
    let must = || TypeRef::named_nn(TypeRef::STRING);
    let note = Object::new("QualityNote", "A rule that a row breaks; says nothing of the value.")
        .field("rule", TypeRef::named_nn("QualityRule"), Resolve::Member("rule"), "The rule.")
        .field("field", must(), Resolve::Member("field"), "The field at which the row breaks it.");
    model.add(Type::Object(note));
    let grant = Object::new("ViewerGrant", "What you may see of one dataset.")
        .field("dataset", must(), Resolve::Member("dataset"), "The dataset's type.")
        .field("rule", must(), Resolve::Member("rule"), "The rule in the policy: whose rows, up to which tier.")
        .field(
            "tier",
            TypeRef::named_nn("Tier"),
            Resolve::Member("tier"),
            "The highest tier of a field that you are shown on such rows.",
        )
        .field(
            "monthsOnly",
            TypeRef::named_nn(TypeRef::BOOLEAN),
            Resolve::Member("monthsOnly"),
            "Are you shown months in place of indirect dates?",
        )
        .field(
            "tablesOnly",
            TypeRef::named_nn(TypeRef::BOOLEAN),
            Resolve::Member("tablesOnly"),
            "Is it an agreement on exact tables, by which you see no row?",
        )
        .field(
            "relation",
            TypeRef::named(TypeRef::STRING),
            Resolve::Member("relation"),
            "The youths whose rows these are, where the rule is a care relation; asked anew in every request.",
        );
    model.add(Type::Object(grant));
}

fn code_lists(model: &mut Model) {
    let must = || TypeRef::named_nn(TypeRef::STRING);
    let text = || TypeRef::named(TypeRef::STRING);
    let codes = TypeRef::named_nn_list_nn("Code");
    let list = Object::new("CodeList", "A list of codes; most are behind an enumeration (Dutch: codelijst).")
        .field("name", must(), Resolve::Member("name"), "Its name; the enumeration's, where it is behind one.")
        .field("origin", text(), Resolve::Member("origin"), "The list it is taken from; null where it is our own.")
        .field("codes", codes, Resolve::Member("codes"), "Its codes, in the list's order.");
    model.add(Type::Object(list));
    let language = InputValue::new("language", TypeRef::named_nn("Language"), "In which language.");
    let code = Object::new("Code", "One code of a list.")
        .field("value", must(), Resolve::Member("value"), "The enumeration's value.")
        .field("code", must(), Resolve::Member("code"), "The code as sources store it.")
        .field_with("label", must(), Resolve::Label, "What it means, in words.", vec![language]);
    model.add(Type::Object(code));
}

fn youth(visible: &Visible) -> Object {
    let id = || TypeRef::named_nn(TypeRef::ID);
    let youth = Object::new("Youth", "A youth, under a pseudonym of your own (Dutch: jeugdige).")
        .node()
        .field("id", id(), Resolve::Pseudonym, "The pseudonym, as the id by which `node` finds it.")
        .field("pseudonym", id(), Resolve::Pseudonym, "Stable over time, and different for every consumer.");
    links::add(youth, visible)
}
