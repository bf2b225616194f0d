"""Made-up talks in English: topics, each a few questions with their answers."""

TOPICS = (
    (
        (
            "How long do I boil an egg so that the yolk stays soft?",
            "About six minutes from the moment the water boils, for an egg from the fridge. "
            "Put it into cold water afterwards, or it goes on cooking.",
        ),
        (
            "And if it is a very large one?",
            "Give it one minute more. At altitude, where water boils cooler, add another.",
        ),
        (
            "What can I do with the ones I overcooked?",
            "Chop them with mayonnaise, mustard and a little onion: that is a decent spread.",
        ),
        ("Thanks, that saved my breakfast!", "Enjoy it."),
    ),
    (
        (
            "I want to start running. How often should I go in the first month?",
            "Three times a week, with a day of rest between. Alternate two minutes of easy "
            "running with two of walking, for twenty minutes altogether.",
        ),
        (
            "My knees hurt after the second day.",
            "Take two or three days off and walk instead. Check that the shoes are not worn "
            "out. See a doctor if it still hurts after a week.",
        ),
        (
            "How do I know that I run slowly enough?",
            "You can speak in whole sentences while you run. If you cannot, walk for a while.",
        ),
    ),
    (
        (
            "Explain what an index in a database is, in two sentences.",
            "An index is a sorted list of values with a pointer from each to its row. The "
            "database looks a value up there instead of reading the whole table.",
        ),
        (
            "Why not index every column then?",
            "Each index has to be kept up to date, so every write gets slower, and it takes "
            "space. Index what you search or sort by.",
        ),
        (
            "What is the difference between an index scan and a sequential scan?",
            "A sequential scan reads the table from one end to the other. An index scan finds "
            "its way in the index and fetches only matching rows; it pays off when they are few.",
        ),
        (
            "So for a table with 50 rows it does not matter?",
            "Right: the table fits into a page or two, and reading it all is the fastest way.",
        ),
        (
            "Could you give me an example for PostgreSQL?",
            "CREATE INDEX ON orders (customer_id, created_at); serves a customer's latest "
            "orders. EXPLAIN tells whether the planner takes it.",
        ),
    ),
    (
        (
            "Help me write a polite e-mail: I have to move a meeting to Thursday.",
            "Hello, something has come up and I have to move our meeting. Would Thursday at "
            "the same time suit you? I am sorry for the trouble.",
        ),
        (
            "A bit more formal, please.",
            "Dear colleagues, due to an urgent matter I am obliged to postpone our meeting. I "
            "would be grateful if we could meet on Thursday at the same hour.",
        ),
        ("Perfect. And a subject line?", "Our meeting: could we move it to Thursday?"),
    ),
    (
        (
            "Two days in Lisbon in November: what should I not miss?",
            "Alfama on foot in the morning, the tram up to Graça, the tile museum if it rains, "
            "and Belém by the river on the second day. Take a jacket for the evenings.",
        ),
        (
            "Is it worth buying a pass for public transport?",
            "Yes, from about four rides a day on. It also covers the lifts and the old trams.",
        ),
        (
            "Where can I watch the sunset?",
            "From the terrace of Senhora do Monte. Be there half an hour earlier.",
        ),
        (
            "What if it rains all day?",
            "The aquarium and the tile museum fill a day, with a long lunch between them.",
        ),
    ),
    (
        (
            "My basil dies every winter. What am I doing wrong?",
            "It lacks light, mostly. Put it at the brightest window, away from the cold pane, "
            "and water it only when the top of the soil is dry.",
        ),
        (
            "Would a lamp help?",
            "Yes: a white LED lamp of ten watts, a hand's breadth above it, for twelve hours.",
        ),
        (
            "Can I grow a new one from a cutting?",
            "Easily. Cut a stem below a pair of leaves and put it into water; after ten days "
            "it has roots.",
        ),
    ),
    (
        (
            "What does 'as the crow flies' mean?",
            "In a straight line, without the bends of a road: the shortest distance there is.",
        ),
        (
            "Is it used in formal texts?",
            "It is common in speech and in the press. A report would say 'in a straight line'.",
        ),
    ),
    (
        (
            "How can I remember the difference between affect and effect?",
            "Affect is mostly the verb, effect mostly the noun: you affect something, and that "
            "has an effect.",
        ),
        (
            "Give me a sentence with both.",
            "The noise affected her sleep, and the effect showed the next morning.",
        ),
        (
            "And what about 'to effect a change'?",
            "That is the rare verb: it means to bring the change about.",
        ),
        ("Great, now test me.", "Fill in: 'The medicine had no ___ on him.' Which one is it?"),
        ("Effect!", "Right. It is the noun there."),
    ),
)
