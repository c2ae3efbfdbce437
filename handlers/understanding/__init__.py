"""Turns typed or dictated Chinese into a command with arguments (chat: "Understanding").

    line       what was typed, and the same characters folded for reading
    numerals   Chinese and Arabic numbers            sounds   pinyin and near-homophones
    days       dates and spans of months             quantities  hours, households, times
    targets    #12, L7, J88, 全部                    people   names, 刘大爷
    items      which item of the rulebook a text means
    questions  questions, negations, wishes: they never change anything
    vocabulary which command a text means            deeds    a claim told without the command's word
    filling    a known command's arguments           hear     the whole

The readers know nothing of commands; the kinds of argument (``handlers/arguments.py``) stand on them.
"""
