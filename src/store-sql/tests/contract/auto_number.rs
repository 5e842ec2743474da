//! Sequences of numbers that columns give to new rows.

use crate::fixtures::metadata;
use store_sql::testing::Place;

pub async fn numbers_follow_each_other_and_a_number_not_kept_is_given_again(place: &Place) {
    let database = place.open().await;
    database.apply_metadata(&metadata()).await.unwrap();
    let mut write = database.write().await.unwrap();
    assert_eq!(write.next_number("thing", "name").await.unwrap(), 1000);
    assert_eq!(write.next_number("thing", "name").await.unwrap(), 1001);
    assert_eq!(write.next_number("place", "name").await.unwrap(), 1000);
    write.commit().await.unwrap();

    let mut write = database.write().await.unwrap();
    assert_eq!(write.next_number("thing", "name").await.unwrap(), 1002);
    drop(write);

    // Those who number at once wait for each other and get different numbers.
    let mut numbers = Vec::new();
    for _ in 0..8 {
        let database = database.clone();
        numbers.push(tokio::spawn(async move {
            let mut write = database.write().await.unwrap();
            let number = write.next_number("thing", "name").await.unwrap();
            tokio::task::yield_now().await;
            write.commit().await.unwrap();
            number
        }));
    }
    let mut given = Vec::new();
    for number in numbers {
        given.push(number.await.unwrap());
    }
    given.sort_unstable();
    assert_eq!(given, (1002..1010).collect::<Vec<_>>());
}
