//! Pictures: shown, chosen from the device and made small, removed.

use super::Field;
use super::typed::read;
use crate::format::say;
use crate::kit::Icon;
use crate::locale::fill;
use crate::task;
use leptos::html::Input;
use leptos::prelude::*;
use model::Value;
use model::text::TypedError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlInputElement, ImageBitmap};

/// The sides of a kept picture, in pixels: those of the original's thumbnails.
const SIDE: u32 = 144;

/// The address of a picture that is kept as base64.
pub fn picture_address(base64: &str) -> String {
    // The first letters of the base64 tell the format's first bytes.
    let format = match base64.get(..3) {
        Some("/9j") => "jpeg",
        Some("R0l") => "gif",
        Some("Qk0" | "Qk1" | "Qk2" | "Qk3") => "bmp",
        Some("UkL" | "UkI") => "webp",
        _ => "png",
    };
    format!("data:image/{format};base64,{base64}")
}

/// A picture with what can be done about it.
#[component]
pub fn PictureControl(
    /// What to draw.
    field: Field,
    /// It can only be looked at.
    is_locked: bool,
) -> impl IntoView {
    let value = field.value;
    let label = field.label.clone();
    let picture = move || {
        let shown = value.with(|value| value.as_text().map(picture_address));
        let label = label.clone();
        match shown {
            Some(address) => view! { <img class="picture" src=address alt=label/> }.into_any(),
            None => view! { <span class="value-empty">"---"</span> }.into_any(),
        }
    };
    let label_id = format!("{}-label", field.input);
    view! {
        <div class="input-group" id=field.input.clone() role="group" aria-labelledby=label_id tabindex="-1">
            {picture}
            {(!is_locked).then(|| buttons(&field))}
        </div>
    }
}

fn buttons(field: &Field) -> impl IntoView + use<> {
    let value = field.value;
    let choose = fill("field.choose-picture", &[("label", &field.label)]);
    let remove = fill("field.remove", &[("value", &field.label)]);
    let file: NodeRef<Input> = NodeRef::new();
    let taken = {
        let field = field.clone();
        move |event| {
            let input = event_target::<HtmlInputElement>(&event);
            let chosen = input.files().and_then(|files| files.get(0));
            // The same file can be chosen again.
            let field = field.clone();
            if let Some(chosen) = chosen {
                task::spawn(async move {
                    let small = shrink(&chosen).await.unwrap_or_default();
                    match read(&field, &field.column.kind, &small, &Value::Null) {
                        Ok(picture) if !picture.is_null() => {
                            field.on_problem.run(None);
                            field.on_change.run(picture);
                        }
                        _ => field.on_problem.run(Some(say(&TypedError::NotAPicture))),
                    }
                    input.set_value("");
                });
            }
        }
    };
    let clear = {
        let field = field.clone();
        move |_| {
            field.on_problem.run(None);
            field.on_change.run(Value::Null);
        }
    };
    let open = move |_| {
        if let Some(file) = file.get_untracked() {
            file.click();
        }
    };
    view! {
        <input node_ref=file class="picker" type="file" accept="image/*" tabindex="-1" aria-hidden="true" on:change=taken/>
        <button type="button" class="button subtle icon-only" data-command="choose-picture" aria-label=choose.clone() title=choose on:click=open>
            <Icon name="open"/>
        </button>
        {move || (!value.with(Value::is_null)).then(|| view! {
            <button type="button" class="button subtle icon-only" data-command="remove-picture" aria-label=remove.clone() title=remove.clone() on:click=clear>
                <Icon name="dismiss"/>
            </button>
        })}
    }
}

/// The middle of a picture, small enough to travel with its row, as base64.
async fn shrink(file: &Blob) -> Result<String, JsValue> {
    let promise = window().create_image_bitmap_with_blob(file)?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await?.dyn_into()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let side = width.min(height);
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(SIDE);
    canvas.set_height(SIDE);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    let to = f64::from(SIDE);
    context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        &bitmap,
        (width - side) / 2.0,
        (height - side) / 2.0,
        side,
        side,
        0.0,
        0.0,
        to,
        to,
    )?;
    bitmap.close();
    let address = canvas.to_data_url_with_type("image/png")?;
    let base64 = address.split_once(";base64,").map(|(_, base64)| base64.to_owned());
    base64.ok_or(JsValue::NULL)
}
