// Requests to the server and its events.

/// Sends JSON; gives what came back, or throws what the server says is wrong.
export async function send(address, body) {
  const response = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export async function ask(address) {
  const response = await fetch(address);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

/// Follows the events of an address; the browser connects again by itself where the connection breaks.
export function follow(address, show, state) {
  const source = new EventSource(address);
  source.onmessage = (event) => { state(true); show(JSON.parse(event.data)); };
  source.onerror = () => {
    state(false);
    // A refusal ends the stream for good; it is tried again after a while.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(address, show, state), 3000);
  };
  return source;
}
