"""Turns typed or dictated Chinese into a command with arguments (chat: "Understanding").

    line          what was typed, and the same characters folded for reading; spelling: pinyin as characters
    numerals      Chinese and Arabic numbers           sounds       pinyin and near-homophones
    days, times   days, months, quarters; hints: 前几天  quantities   hours, households; clocks: from nine to eleven
    targets       #12, L7, J88, 全部                   people       names, 刘大爷
    items         words that name items; sayings: everyday words for them; choosing: which item they mean
    dialects      啷个 is 怎么                          gist         what a question comes down to
    likeness      how like it is to what people ask (phrasings.txt, notions.txt)
    questions     questions, negations, plans          manners      greetings, thanks, fillers
    answers       yes, no, 取消, the number of a choice

The readers above know nothing of commands. The kinds of argument (``kinds_of_…``, named in
``handlers/arguments.py``) stand on them, and on those:

    vocabulary    the words and cues of the commands   filling      a known command's arguments
    words_first   lines that begin with a command      reads        积分 and the like asked in words
    acts          12号13号都同意                       deeds        claims told in sentences
    wishes        what a question names of ours        wondering    what answers it
    opinions      我对打分有意见, 没有异议             guessing     what may have been meant
    hear          the whole; understood: what may come of it
"""
