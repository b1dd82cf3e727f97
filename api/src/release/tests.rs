//! What protected tables must withstand, whole: rows in, attackers over all that is shown.

mod attack;
