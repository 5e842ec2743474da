// Keeps the app of one build on the device, so that it starts without a network. Rows are none of its business.
const BUILD = 'BUILD';
const FILES = ['FILES'];
const CACHE = `valise-${BUILD}`;

self.addEventListener('install', (event) => {
  const fresh = FILES.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith('valise-') && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

// The page asks for it when the user accepted the update.
self.addEventListener('message', (event) => {
  if (event.data === 'update') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isOurs = origin === self.location.origin && request.method === 'GET';
  if (!isOurs || /^\/(api|oauth2|setup)(\/|$)/.test(pathname)) return;
  const isPage = request.mode === 'navigate';
  event.respondWith(
    caches.open(CACHE).then(async (cache) => (await cache.match(isPage ? '/' : pathname)) ?? fetch(request)),
  );
});
