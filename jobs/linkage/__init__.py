"""Whether two crimes are of one hand: features of a pair, a fitted score, its words; and near repeats (Knox)."""
