//! The browser's database with faults put into it: methods that throw, as they do in the field.

use js_sys::{Array, Function};
use wasm_bindgen::JsValue;

/// A method of the browser that behaves otherwise; dropped, it is itself again.
pub struct Patch(Function);

/// Calls of the method fail so often, then it works.
const THROWS: &str = "
    const prototype = self[owner].prototype, original = prototype[method];
    let left = times;
    prototype[method] = function (...given) {
        if (left > 0 && (!only || given[1] === only)) { left -= 1; throw new DOMException('as in the field', name); }
        return original.apply(this, given);
    };
    return () => { prototype[method] = original; };
";

/// Transactions that are to be committed are aborted by the browser, so often, for this reason.
const ABORTS: &str = "
    const prototype = IDBTransaction.prototype, original = prototype.commit;
    let left = times;
    prototype.commit = function () {
        if (left <= 0 || this.mode !== 'readwrite') return original.call(this);
        left -= 1;
        if (name) Object.defineProperty(this, 'error', { value: new DOMException('as in the field', name) });
        this.abort();
    };
    return () => { prototype.commit = original; };
";

/// Requests to open fail later on, so often.
const REFUSES: &str = "
    const prototype = IDBFactory.prototype, original = prototype.open;
    let left = times;
    prototype.open = function (...given) {
        const request = original.apply(this, given);
        if (left-- <= 0) return request;
        Object.defineProperty(request, 'error', { value: new DOMException('Internal error opening backing store', name) });
        request.addEventListener('success', (event) => {
            event.stopImmediatePropagation();
            event.target.result.close();
            request.dispatchEvent(new Event('error'));
        }, { capture: true });
        return request;
    };
    return () => { prototype.open = original; };
";

/// What is told of transactions, in order: how they were opened, that they have committed.
const LISTENS: &str = "
    const prototype = IDBDatabase.prototype, original = prototype.transaction;
    const heard = self.heard = [];
    prototype.transaction = function (...given) {
        const transaction = original.apply(this, given);
        if (transaction.mode === 'readwrite') {
            heard.push(given[2]?.durability ?? 'unsaid');
            transaction.addEventListener('complete', () => heard.push('committed'));
        }
        return transaction;
    };
    return () => { prototype.transaction = original; };
";

impl Patch {
    fn new(names: &str, body: &str, values: &Array) -> Self {
        let made = Function::new_with_args(names, body).apply(&JsValue::UNDEFINED, values).unwrap();
        Self(made.into())
    }

    /// The method throws, so often; for `transaction`, only where something is written.
    pub fn throws(owner: &str, method: &str, name: &str, times: u32) -> Self {
        let only = if method == "transaction" { "readwrite" } else { "" };
        let values = [owner, method, name, only].map(JsValue::from_str);
        let values: Array = values.into_iter().chain([times.into()]).collect();
        Self::new("owner, method, name, only, times", THROWS, &values)
    }

    /// Transactions are aborted instead of committed; without a name, without a reason.
    pub fn aborts(name: &str, times: u32) -> Self {
        let values: Array = [JsValue::from_str(name), times.into()].into_iter().collect();
        Self::new("name, times", ABORTS, &values)
    }

    /// Opening fails.
    pub fn refuses(name: &str, times: u32) -> Self {
        let values: Array = [JsValue::from_str(name), times.into()].into_iter().collect();
        Self::new("name, times", REFUSES, &values)
    }

    /// Listens to transactions.
    pub fn listens() -> Self {
        Self::new("", LISTENS, &Array::new())
    }

    /// What was heard.
    pub fn heard(&self) -> Vec<String> {
        let heard = js_sys::Reflect::get(&js_sys::global(), &"heard".into()).unwrap();
        Array::from(&heard).iter().filter_map(|word| word.as_string()).collect()
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        self.0.call0(&JsValue::UNDEFINED).unwrap();
    }
}
