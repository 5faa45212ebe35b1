// What the check tells: a code and its facts; the page has the sentence in the reader's language.

export class Told extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** What is here is not what was sealed. */
export class NotVerified extends Told {}

/** There is nothing to judge by. */
export class NotChecked extends Told {}

/** The bytes have not the form that they must have; says why in a few words of English. */
export class Malformed extends Error {}
