//! Plans in the object store.

use anyhow::Context;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions, PutPayload};
use weir_engine::Lake;
use weir_landing::{Plan, Watermarks, next_plan, plan_path, settled};

use super::landed;
use super::settings::CommitSettings;
use super::target::Target;

/// A plan, if its file exists.
pub(crate) async fn read(lake: &Lake, target: Target, number: u64) -> anyhow::Result<Option<Plan>> {
    let path = plan_path(&target.plans(), number);
    let bytes = match lake.store().get(&Path::from(path.as_str())).await {
        Ok(found) => found.bytes().await?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read plan `{path}`")),
    };
    Plan::from_json(&bytes).map(Some).with_context(|| format!("cannot use plan `{path}`"))
}

/// Watermarks once a plan is committed; none before the first.
pub(crate) async fn watermarks(lake: &Lake, target: Target, number: u64) -> anyhow::Result<Watermarks> {
    if number == 0 {
        return Ok(Watermarks::new());
    }
    let plan = read(lake, target, number).await?.with_context(|| {
        format!("`{}` is committed, but missing; restore it from a copy", plan_path(&target.plans(), number))
    })?;
    Ok(plan.watermarks)
}

/// The plan of this number: the one that exists, or a new one; nothing if nothing landed.
pub(crate) async fn find_or_make(
    lake: &Lake,
    target: Target,
    number: u64,
    watermarks: &Watermarks,
    settings: &CommitSettings,
) -> anyhow::Result<Option<Plan>> {
    discard_torn(lake, target, number).await?;
    if let Some(plan) = read(lake, target, number).await? {
        return Ok(Some(plan));
    }
    let earlier = landed::list(lake, target.stream).await?;
    if earlier.is_empty() {
        return Ok(None);
    }
    let listing = settled(&earlier, landed::list(lake, target.stream).await?);
    match next_plan(&target.plans(), number, crate::now(), &listing, watermarks, settings.limits) {
        Some(plan) => put(lake, target, plan).await.map(Some),
        None => Ok(None),
    }
}

/// Deletes a plan that a power failure left empty. Plans are synced before they are used, so nobody has used this one.
async fn discard_torn(lake: &Lake, target: Target, number: u64) -> anyhow::Result<()> {
    let path = Path::from(plan_path(&target.plans(), number));
    match lake.store().head(&path).await {
        Ok(found) if found.size == 0 => Ok(lake.store().delete(&path).await?),
        Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn put(lake: &Lake, target: Target, plan: Plan) -> anyhow::Result<Plan> {
    let path = plan.path();
    let options = PutOptions::from(PutMode::Create);
    let payload = PutPayload::from(plan.to_json()?);
    match lake.store().put_opts(&Path::from(path.as_str()), payload, options).await {
        Ok(_) => {
            lake.sync(vec![path]).await?;
            Ok(plan)
        }
        Err(object_store::Error::AlreadyExists { .. }) => {
            let winner = read(lake, target, plan.number).await?;
            winner.with_context(|| format!("plan `{path}` exists and cannot be found"))
        }
        Err(error) => Err(error).with_context(|| format!("cannot write plan `{path}`")),
    }
}
