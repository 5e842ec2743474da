// Opportunity rows as the Web API answers them: the same for every engine, from a seed, about 1 kB of JSON each.

const WORDS =
  'harbour lantern copper meadow granite willow falcon ember juniper cobalt orchard summit velvet ridge beacon cedar marble river aurora thistle quarry saffron glacier prairie canyon mistral bramble pebble tundra lagoon'.split(
    ' ',
  );
const STEPS = ['1-Qualify', '2-Develop', '3-Propose', '4-Close'];
export const OWNERS = 50;
const PARTNERS = 20_000;
const TITLES = ['Buyer', 'Director', 'Engineer', 'Owner', 'Planner'];

// A linear congruential generator: any would do, as long as two runs agree.
function generator(seed) {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

const hex = (number, digits) => number.toString(16).padStart(digits, '0');
export const ownerId = (number) => `00000000-0000-4000-8000-${hex(number, 12)}`;
const accountId = (number) => `00000000-0000-4000-8001-${hex(number, 12)}`;
const contactId = (number) => `00000000-0000-4000-8002-${hex(number, 12)}`;

function guid(next) {
  const part = (digits) => hex(next(16 ** Math.min(digits, 7)), digits).slice(-digits);
  return `${part(4)}${part(4)}-${part(4)}-4${part(3)}-8${part(3)}-${part(6)}${part(6)}`;
}

function row(next, index) {
  const words = (count) => Array.from({ length: count }, () => WORDS[next(WORDS.length)]).join(' ');
  const day = (days) => new Date(1.75e12 + next(days) * 864e5).toISOString();
  const cents = (most) => next(most * 100) / 100;
  const version = 1_000_000 + index;
  return {
    '@odata.etag': `W/"${version}"`,
    opportunityid: guid(next),
    name: `${words(4)} ${index}`,
    description: words(24),
    estimatedvalue: cents(100_000),
    closeprobability: next(101),
    estimatedclosedate: day(700).slice(0, 10),
    createdon: day(300).replace('.000', ''),
    modifiedon: day(300).replace('.000', ''),
    statecode: next(3),
    statuscode: 1 + next(5),
    _parentaccountid_value: accountId(next(PARTNERS)),
    '_parentaccountid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
    _parentcontactid_value: contactId(next(PARTNERS)),
    '_parentcontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'contact',
    _ownerid_value: ownerId(next(OWNERS)),
    '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'systemuser',
    _transactioncurrencyid_value: ownerId(999),
    purchaseprocess: next(3),
    purchasetimeframe: next(5),
    budgetamount: next(1_000_000),
    budgetstatus: next(4),
    need: next(4),
    opportunityratingcode: 1 + next(3),
    prioritycode: 1,
    stepname: STEPS[next(4)],
    salesstage: next(4),
    totalamount: cents(100_000),
    totallineitemamount: cents(100_000),
    discountpercentage: 0,
    freightamount: 0,
    totaltax: 0,
    versionnumber: version,
  };
}

function account(next, index) {
  const word = () => WORDS[next(WORDS.length)];
  const city = word();
  return { '@odata.etag': `W/"${index}"`, accountid: accountId(index), name: `${word()} ${word()} ${index}`, address1_city: city, telephone1: `+41 44 ${index}`, statecode: 0, versionnumber: index };
}

function contact(next, index) {
  const fullname = `${WORDS[next(WORDS.length)]} ${WORDS[next(WORDS.length)]}`;
  return { '@odata.etag': `W/"${index}"`, contactid: contactId(index), fullname, jobtitle: TITLES[next(TITLES.length)], emailaddress1: `c${index}@example.com`, statecode: 0, versionnumber: index };
}

/**
 * `count` opportunities as JSON texts of 5,000 rows with their ids, then the accounts and contacts they are linked to. One
 * text at a time: a million rows are a gigabyte. Some of the rows, spread over all, are handed out as they are made.
 */
export function* pages(count, { size = 5000, sample = 1000, take = () => {} } = {}) {
  const next = generator(7);
  const step = Math.max(1, Math.floor(count / sample));
  const many = { opportunity: count, account: PARTNERS, contact: PARTNERS };
  const make = { opportunity: row, account, contact };
  for (const table of Object.keys(many)) {
    for (let start = 0; start < many[table]; start += size) {
      const rows = Array.from({ length: Math.min(size, many[table] - start) }, (_, index) => make[table](next, start + index));
      const ids = table === 'opportunity' ? rows.map((one) => one.opportunityid) : [];
      if (table === 'opportunity') rows.filter((_, index) => (start + index) % step === 0).forEach(take);
      yield { table, text: JSON.stringify({ value: rows }), ids };
    }
  }
}

/** These rows as they come again after somebody has worked on them, each with four other values. */
export function changed(rows) {
  const next = generator(11);
  const value = rows.map((one, index) => ({
    ...one,
    '@odata.etag': `W/"${2_000_000 + index}"`,
    description: Array.from({ length: 24 }, () => WORDS[next(WORDS.length)]).join(' '),
    estimatedvalue: next(10_000_000) / 100,
    modifiedon: new Date(1.76e12 + index * 1000).toISOString().replace('.000', ''),
    statuscode: 1 + next(5),
    versionnumber: 2_000_000 + index,
  }));
  return { table: 'opportunity', text: JSON.stringify({ value }) };
}
