"""The words that the checks look for from the first day on. What a Manager has changed or removed stays as it is."""

from django.db import migrations

MOST_PEOPLE = "Say what most people can expect, and what can go wrong."
NO_TREATMENT_IS = "No treatment is free of risk. Name the common and the serious ones."
SAY_HOW_LONG = "Say what it feels like, and for how long."
SAY_WHAT_IS_TRUE = "Say what can be shown: training, years, numbers."
NEEDS_RECORD = ""

PHRASES = {
    "promise": {
        MOST_PEOPLE: [
            *("guarantee", "guarantees", "guaranteed", "guaranteeing"),
            *("100% effective", "100 percent effective", "works for everyone", "works for everybody", "always works"),
            *("works every time", "never fails", "miracle", "instant results", "permanent results"),
        ],
        "Say “treats” or “eases”, and what most people can expect.": ["cure", "cures", "cured", "curing"],
        SAY_HOW_LONG: [
            *("painless", "painlessly", "pain-free", "no pain", "zero pain", "without pain", "without any pain"),
            *("doesn't hurt", "does not hurt", "won't hurt", "will not hurt"),
            *("no downtime", "zero downtime", "without downtime", "without any downtime"),
        ],
        NO_TREATMENT_IS: [
            *("no risk", "no risks", "zero risk", "zero risks", "without risk", "without any risk", "risk-free"),
            *("100% safe", "100 percent safe", "completely safe", "totally safe", "perfectly safe", "absolutely safe"),
            *("entirely safe", "no side effects", "zero side effects", "without side effects", "free of side effects"),
            *("without any side effects", "no known side effects", "side-effect-free"),
            "nothing can go wrong",
        ],
    },
    "superlative": {
        SAY_WHAT_IS_TRUE: [
            *("best", "#1", "no. 1", "number one", "leading", "safest", "top-rated", "world-class", "unrivaled"),
            *("unmatched", "second to none", "most experienced", "most advanced", "most trusted", "finest"),
        ]
    },
    "same_as_brand": {
        "A copy made by a pharmacy is no approved generic. Name what it is, and who made it.": [
            *(
                "generic",
                "same as",
                "identical to",
                "equivalent to",
                "just like",
                "as good as",
                "alternative version of",
            ),
            *("copy of", "cheaper version of", "another name for", "bioidentical to"),
        ]
    },
    "vague_link": {
        "Link the words that say where it leads.": [
            *("click here", "click", "here", "this", "this link", "link", "this page", "this site", "this website"),
            *("this article", "this post", "read more", "learn more", "find out more", "see more", "more", "more info"),
            *("more information", "more details", "details", "source", "tap here", "go here", "see here", "continue"),
        ]
    },
    "testimonial": {
        "Say beside it what most people can expect.": [
            *("changed my life", "life-changing for me", "love my results", "love the results", "loved my results"),
            *("amazed by my results", "thrilled with", "so happy with my", "couldn't be happier", "best decision i"),
            *(
                "i highly recommend",
                "i would recommend",
                "i recommend",
                "i look ten years younger",
                "years off my face",
            ),
            *("i look years younger", "my skin has never looked", "i finally feel", "what our patients say"),
            *("what our clients say", "success story", "patient story", "happy patient", "happy client"),
        ]
    },
    "medicine": {
        NEEDS_RECORD: [
            *("Letybo", "Myobloc"),
            *("Restylane", "Sculptra", "Radiesse", "Belotero", "Bellafill", "Skinvive", "Juvederm", "Juvéderm"),
            *("Revanesse", "Voluma", "Vollure", "Volbella", "Volux", "Kysse", "Renuva"),
            *("Kybella", "Qwo", "Latisse", "Upneeq", "Ozempic", "Wegovy", "Mounjaro", "Zepbound", "Saxenda"),
            *("semaglutide", "tirzepatide", "liraglutide", "deoxycholic acid", "polynucleotide", "exosome"),
            *("CoolSculpting", "Emsculpt", "Ultherapy", "Thermage", "Sofwave", "Morpheus8", "SkinPen", "HydraFacial"),
            *(
                "Fraxel",
                "BBL",
                "Secret RF",
                "Thermi",
                "truSculpt",
                "Emface",
                "Emsella",
                "Potenza",
                "Moxi",
                "Halo laser",
            ),
            *("IPL", "intense pulsed light", "platelet-rich plasma", "PRP", "vampire facial", "thread lift"),
            *("PDO thread", "sclerotherapy", "IV therapy", "IV drip", "vitamin drip", "cryolipolysis", "fat freezing"),
            *("testosterone pellet", "hormone pellet"),
        ]
    },
}


def ship(apps, schema_editor):
    Phrase = apps.get_model("blog", "Phrase")
    there_are = {(kind, words.casefold()) for kind, words in Phrase.objects.values_list("kind", "words")}
    Phrase.objects.bulk_create(
        Phrase(kind=kind, words=words, advice=advice, is_active=True)
        for kind, groups in PHRASES.items()
        for advice, list_of_words in groups.items()
        for words in list_of_words
        if (kind, words.casefold()) not in there_are
    )


class Migration(migrations.Migration):
    dependencies = [("blog", "0014_patients_in_pictures")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
