import { archivePlace } from '../../src/config/archive-place.ts';

test.each([
  ['embedded', { 'archive.kind': 'embedded' }],
  ['none', { 'archive.kind': 'none' }],
  ['elasticsearch://es1:9200', { 'archive.kind': 'elasticsearch', 'archive.elasticsearch.urls': ['http://es1:9200'] }],
  [
    'elasticsearch+https://es1:9200, elasticsearch+https://es2:9200',
    { 'archive.kind': 'elasticsearch', 'archive.elasticsearch.urls': ['https://es1:9200', 'https://es2:9200'] },
  ],
])('%s says where history is kept', (word, options) => {
  expect(Object.fromEntries(archivePlace(word) ?? [])).toEqual(options);
});

test.each(['', 'file:/x', 'elasticsearch://', 'http://es1:9200'])('"%s" is no place for history', (word) => {
  expect(archivePlace(word)).toBeUndefined();
});
