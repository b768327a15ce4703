// The map's page: a list that grows while it is scrolled, a place's panel, its reviews. `PAGE` says what to show.
'use strict';
const PAGE_SIZE = 20;
const LIST_MAX = 120;
const REVIEWS = 10;
const pane = document.getElementById('pane');

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(child => child !== null));
  return made;
}

async function ask(address) {
  const answer = await fetch(address);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return JSON.parse(text.slice(text.indexOf('\n') + 1));
}

const common = `authuser=0&hl=${PAGE.hl}&gl=fr`;
const at = (list, ...path) => path.reduce((found, index) => (found === null || found === undefined ? null : found[index]), list);
const comma = number => number.toFixed(1).replace('.', PAGE.words.point);

function resultsAddress(offset) {
  const camera = `!1m3!1d${PAGE.altitude}!2d${PAGE.longitude}!3d${PAGE.latitude}`;
  const pb = `!4m12${camera}!2m3!1f0!2f0!3f0!3m2!1i1024!2i768!4f13.1!7i${PAGE_SIZE}!8i${offset}!10b1`;
  return `/search?tbm=map&${common}&q=${encodeURIComponent(PAGE.query)}&pb=${encodeURIComponent(pb)}`;
}

function placeAddress(place) {
  const [latitude, longitude] = [place[9][2], place[9][3]];
  const data = `!4m7!3m6!1s${place[10]}!8m2!3d${latitude}!4d${longitude}!16s${encodeURIComponent(place[89])}!19s${place[78]}`;
  return `https://www.google.com/maps/place/${encodeURIComponent(place[11]).replace(/%20/g, '+')}/data=${data}?authuser=0&hl=${PAGE.hl}&rclk=1`;
}

// ---- The list of a search

const list = {offset: 0, busy: false, over: false};
const spinner = element('div', {class: 'lXJj5c', role: 'progressbar'});

async function search() {
  document.title = `${PAGE.query} - Google Maps`;
  const feed = element('div', {role: 'feed', class: 'm6QErb DxyBCb', tabindex: '-1', 'aria-label': PAGE.words.results});
  feed.addEventListener('scroll', () => {
    if (feed.scrollTop + feed.clientHeight >= feed.scrollHeight - 300) grow(feed);
  });
  await grow(feed);
}

async function grow(feed) {
  if (list.busy || list.over) return;
  list.busy = true;
  feed.append(spinner);
  try {
    const answer = await ask(resultsAddress(list.offset));
    if (answer[0] !== null) {
      spinner.remove();
      show(feed, answer[0][1]);
    }
  } catch (error) {
    list.over = true; // the spinner stays, and nothing comes any more
  }
  list.busy = false;
}

function show(feed, entries) {
  if (entries === null) {
    list.over = true;
    pane.replaceChildren(element('div', {class: 'Q2vNVc', role: 'alert'}, PAGE.words.nothing));
    return;
  }
  const places = entries.map(entry => at(entry, 14)).filter(place => place);
  if (entries.length === 1 && places.length === 1) {
    list.over = true;
    history.replaceState(null, '', placeAddress(places[0]));
    open(places[0][10]);
    return;
  }
  if (list.offset === 0) pane.replaceChildren(feed);
  feed.append(...places.map(card));
  list.offset += places.length;
  if (places.length < PAGE_SIZE || list.offset >= LIST_MAX) {
    list.over = true;
    feed.append(element('div', {class: 'm6QErb PLbyfe'}, element('p', {class: 'fontBodyMedium'}, element('span', {class: 'HlvSq'}, PAGE.words.end))));
  }
}

function card(place) {
  const link = element('a', {class: 'hfpxzc', href: placeAddress(place), 'aria-label': place[11]});
  link.addEventListener('click', event => {
    event.preventDefault();
    history.pushState(null, '', link.href);
    open(place[10]);
  });
  const rating = at(place, 4, 7);
  const stars = rating === null ? null : element('span', {class: 'ZkP5Je', role: 'img', 'aria-label': `${comma(rating)} ${PAGE.words.stars} ${place[4][3][1]}`},
    element('span', {class: 'MW4etd', 'aria-hidden': 'true'}, comma(rating)), element('span', {class: 'UY7F9', 'aria-hidden': 'true'}, `(${place[4][8]})`));
  const state = at(place, 34, 4, 4);
  const site = at(place, 7, 0);
  return element('div', {},
    element('div', {class: 'Nv2PK', role: 'article', 'aria-label': place[11]},
      link,
      element('div', {class: 'qBF1Pd fontHeadlineSmall'}, place[11]),
      stars,
      element('div', {class: 'W4Efsd'}, `${place[13][0]} · ${place[183][1][1]}`),
      state === null ? null : element('div', {class: 'W4Efsd'}, state),
      element('span', {class: 'UsdlK'}, place[178][0][0]),
      site === null ? null : element('a', {class: 'lcr4fd', href: site, 'data-value': PAGE.words.site}, PAGE.words.site)));
}

// ---- A place's panel

async function open(feature) {
  const answer = await ask(`/maps/preview/place?${common}&pb=${encodeURIComponent(`!1m14!1s${feature}!3m9!4f13.1`)}`);
  panel(answer[6]);
}

function panel(place) {
  document.title = `${place[11]} - Google Maps`;
  const rating = at(place, 4, 7);
  const week = at(place, 34, 1);
  const state = at(place, 34, 4, 4);
  const site = at(place, 7, 0);
  const body = element('div', {class: 'm6QErb DxyBCb', tabindex: '-1'});
  const overview = element('button', {role: 'tab', 'aria-label': `${PAGE.words.overview} – ${place[11]}`}, PAGE.words.overview);
  const reviews = element('button', {role: 'tab', 'aria-label': `${PAGE.words.reviews} – ${place[11]}`}, PAGE.words.reviews);
  const facts = [
    element('button', {'data-item-id': 'address', 'aria-label': place[39]}, place[39]),
    site === null ? null : element('a', {'data-item-id': 'authority', href: site}, place[7][1]),
    element('button', {'data-item-id': `phone:tel:${place[178][0][3]}`}, place[178][0][0]),
    state === null ? null : element('div', {class: 'OMl5r'}, state),
    week === null ? null : element('table', {class: 'eK4R0e'}, ...week.map(day => element('tr', {}, element('td', {}, day[0]), element('td', {}, day[1].join(', '))))),
  ].filter(fact => fact);
  overview.addEventListener('click', () => body.replaceChildren(...facts));
  reviews.addEventListener('click', () => showReviews(body, place[10], 1));
  body.append(...facts);
  pane.replaceChildren(element('div', {role: 'main', 'aria-label': place[11]},
    element('h1', {class: 'DUwDvf'}, place[11]),
    rating === null ? null : element('div', {class: 'F7nice'}, element('span', {'aria-hidden': 'true'}, comma(rating)), element('span', {'aria-label': place[4][3][1]}, `(${place[4][8]})`)),
    element('button', {class: 'DkEaL'}, place[13][0]),
    element('div', {role: 'tablist'}, overview, reviews),
    body));
}

// ---- Reviews

function showReviews(body, feature, sort) {
  const menu = PAGE.words.sorts.map((name, index) => {
    const item = element('div', {role: 'menuitemradio', 'aria-checked': String(index + 1 === sort), 'data-index': String(index)}, name);
    item.addEventListener('click', () => showReviews(body, feature, index + 1));
    return item;
  });
  const shown = element('div', {class: 'm6QErb'});
  body.replaceChildren(element('button', {'aria-label': PAGE.words.sort}, PAGE.words.sorts[sort - 1]), element('div', {role: 'menu'}, ...menu), shown);
  const state = {token: '', busy: false, over: false};
  const more = async () => {
    if (state.busy || state.over) return;
    state.busy = true;
    const pb = `!1m6!1s${feature}!6m4!4m1!1e1!4m1!1e3!2m2!1i${REVIEWS}!2s${state.token}!5m2!1sx!7e81!8m9!2b1!3b1!5b1!7b1!12m4!1b1!2b1!4m1!1e1!11m0!13m1!1e${sort}`;
    try {
      const answer = await ask(`/maps/rpc/listugcposts?${common}&pb=${encodeURIComponent(pb)}`);
      shown.append(...answer[2].map(entry => review(entry[0])));
      state.token = answer[1] || '';
      state.over = !answer[1];
    } catch (error) {
      state.over = true;
    }
    state.busy = false;
  };
  body.onscroll = () => { if (body.scrollTop + body.clientHeight >= body.scrollHeight - 300) more(); };
  more();
}

function review(document) {
  const [id, about, said, reply] = document;
  const stars = at(said, 0, 0);
  const texts = at(said, 15) || [];
  const answered = at(reply, 14, 0, 0);
  return element('div', {class: 'jftiEf', 'data-review-id': id, 'aria-label': about[4][5][0]},
    element('div', {class: 'd4r55'}, about[4][5][0]),
    stars === null ? null : element('span', {class: 'kvMYJc', role: 'img', 'aria-label': `${stars} ${PAGE.words.stars}`}),
    element('span', {class: 'rsqaWe'}, about[6]),
    texts.length ? element('span', {class: 'wiI7pd'}, texts[texts.length - 1][0]) : null,
    answered === null ? null : element('div', {class: 'CDe7pd'}, answered));
}

if (PAGE.feature) open(PAGE.feature); else search();
