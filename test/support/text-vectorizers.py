"""Rows of scikit-learn's vectorizers, which text-vectorizers.json holds.

    python3 test/support/text-vectorizers.py > test/support/text-vectorizers.json
    npx biome format --write test/support/text-vectorizers.json

Each case has options of TextVectorizer, and the rows that scikit-learn makes of the texts with the same options. Lists
are strings: numbers with blanks between them, names with U+0001.
"""

import json
import warnings

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer

warnings.filterwarnings("ignore")

TEXTS = [
    "The quick brown fox jumps over the lazy dog; the dog sleeps.",
    "A dog's life isn't the quick fox's life, is it? a b c",
    "",
    "!?… —  \t\n ... ()",
    "Straße STRASSE straße ẞ Groß gross",
    "İstanbul ISTANBUL ıstanbul İİ ıı IĞDIR ığdır",
    "ΟΔΟΣ οδος ΣΑΣ Σ ΑΣ' ΑΣ.Β ΣΣ ΦΙΛΟΣ́ ΦΙΛΟΣ",
    "café cafe\u0301 CAFÉ naïve naïve Ünïcödé Å Å ﬁne ﬁ² x² ½ Ⅷ ⅷ ①②",
    "日本語のテキスト 中文文本,没有空格。한국어 텍스트 한국어",
    "emoji 😀😀 👩‍👩‍👧 🏳️‍🌈 family👨‍👩‍👦word e😀f 👍🏽 ☃️",
    "𝒜𝓁𝓅𝒽𝒶 𝔘𝔫𝔦 𐐀𐐁 𐐨𐐩 𠀀𠀁 a𝒜 𐐀",
    "\ue000\ue001 \ufb01\uff21\uff22 ﾊﾝｶｸ \uffe6 \ufdd0 \U0001d400\U0001d401 z\ue000z \uffee",
    "١٢٣ ४५ 123 4 5a a5 ໑໒ ৩৪ _x __ _ a_b snake_case x_",
    "__proto__ constructor toString hasOwnProperty __proto__ prototype valueOf",
    "a\u00a0b\u2003\u2003cd\u3000ef\u200bgh\ufeffij\x1ckl\x1fmn\x85op \x0b\x0c qr\u2028st\u180euv",
    "tab\tone\ttwo\t\tthree \n four\r\nfive  six",
    "the the the THE The tHe dog dog fox",
    "اَلْعَرَبِيَّةُ العربية हिन्दी हिंदी ไทยภาษา தமிழ் עִבְרִית nǐ hǎo Việt Nam Tiếng Việt",
    "x̴̢̛͓ y̷ͅ z̧̈ ñ n̄ ͅα ᾳ ᾼ ΐ ŉ ǰ ﷺ",
    "don't can\u2019t e.g. i.e. U.S.A. 3.14 1,000 C++ C# .NET foo@example.com http://x.yz/?q=1",
]

NGRAMS = {"word": [[1, 1], [1, 2], [2, 3], [5, 9]], "char": [[1, 1], [2, 3], [7, 7]]}
STOP_WORDS = ["the", "is", "dog", "über", "it"]
VOCABULARY = ["the", "dog", "zebra", "fox", "__proto__", "日本語のテキスト", "𠀀𠀁", "straße"]


def options_of(ours):
    """Options of scikit-learn for ours."""
    theirs = {}
    for name, value in ours.items():
        if name == "analyzer":
            theirs["analyzer"] = {"charWb": "char_wb"}.get(value, value)
        elif name == "ngramRange":
            theirs["ngram_range"] = tuple(value)
        elif name == "stripAccents":
            theirs["strip_accents"] = value
        elif name == "stopWords":
            theirs["stop_words"] = value
        elif name == "tokenPattern":
            theirs["token_pattern"] = value
        elif name in ("minDf", "maxDf"):
            theirs[{"minDf": "min_df", "maxDf": "max_df"}[name]] = value
        elif name == "maxFeatures":
            theirs["max_features"] = value
        elif name == "hashing":
            theirs["n_features"] = value.get("features", 2**20)
            theirs["alternate_sign"] = value.get("alternateSign", True)
        elif name == "tf" and value != "count":
            theirs["binary" if value == "binary" else "sublinear_tf"] = True
        elif name == "idf":
            theirs["use_idf"] = value
        elif name in ("lowercase", "vocabulary", "norm"):
            theirs[name] = value
    return theirs


def rows_of(ours):
    theirs = options_of(ours)
    idf = theirs.pop("use_idf", True)
    if "hashing" in ours:
        if not ours.get("idf"):
            return HashingVectorizer(**theirs).fit_transform(TEXTS), None
        norm = theirs.pop("norm", "l2")
        counts = HashingVectorizer(**theirs, norm=None).fit_transform(TEXTS)
        return TfidfTransformer(norm=norm).fit_transform(counts), None
    if not idf and ours.get("norm", "l2") is None and ours.get("tf") != "sublinear":
        theirs.pop("norm")
        vectorizer = CountVectorizer(**theirs)
    else:
        vectorizer = TfidfVectorizer(**theirs, use_idf=idf)
    x = vectorizer.fit_transform(TEXTS)
    again = vectorizer.transform(TEXTS)
    assert (abs(x - again) > 1e-12).nnz == 0
    return x, vectorizer.get_feature_names_out().tolist()


def case(**ours):
    x, names = rows_of(ours)
    x.sort_indices()
    return {
        "options": ours,
        "cols": x.shape[1],
        "names": names and "\u0001".join(names),
        "indptr": " ".join(map(str, x.indptr)),
        "indices": " ".join(map(str, x.indices)),
        "data": " ".join(f"{value:.8g}" for value in x.data),
    }


counts = {"idf": False, "norm": None}
cases = [
    case(),
    case(**counts),
    case(lowercase=False, **counts),
    case(stripAccents="unicode", **counts),
    case(stripAccents="ascii", **counts),
    case(stripAccents="unicode", lowercase=False, analyzer="char", **counts),
    case(stripAccents="ascii", analyzer="charWb", ngramRange=[1, 2], **counts),
    *[case(ngramRange=n, **counts) for n in NGRAMS["word"][1:]],
    *[case(analyzer=a, ngramRange=n, **counts) for a in ("char", "charWb") for n in NGRAMS["char"]],
    case(analyzer="charWb", ngramRange=[3, 3]),
    case(stopWords=STOP_WORDS, ngramRange=[1, 2]),
    case(tokenPattern=r"[a-z]+", **counts),
    case(tokenPattern=r"([0-9])[0-9]*", **counts),
    case(tokenPattern=r"[^\x00-\x7f]+", **counts),
    case(minDf=2),
    case(minDf=0.1, maxDf=0.2),
    case(maxDf=2, ngramRange=[1, 2], **counts),
    case(maxFeatures=4, minDf=2, **counts),
    case(maxFeatures=3, tf="binary", **counts),
    case(vocabulary=VOCABULARY),
    case(vocabulary=VOCABULARY, **counts),
    case(tf="binary"),
    case(tf="binary", **counts),
    case(tf="sublinear"),
    case(tf="sublinear", **counts),
    case(norm="l1", ngramRange=[1, 2]),
    case(norm=None),
    case(idf=False),
    case(hashing={"features": 2**20}),
    case(hashing={"features": 2**20}, analyzer="char", ngramRange=[1, 2]),
    case(hashing={"features": 10}, norm=None),
    case(hashing={"features": 7, "alternateSign": False}, norm="l1", ngramRange=[1, 2]),
    case(hashing={"features": 5}, tf="binary", norm=None, analyzer="charWb", ngramRange=[2, 3]),
    case(hashing={"features": 1000}, idf=True),
    case(hashing={"features": 10, "alternateSign": False}, idf=True, norm=None),
]
print(json.dumps({"sklearn": sklearn.__version__, "texts": TEXTS, "cases": cases}))
